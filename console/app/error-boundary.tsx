import { Component, type ReactNode } from 'react'

interface Props {
  children: ReactNode
  /** In place of the children once one of them has thrown. */
  fallback: ReactNode
}

/** Holds a failure within one part of the page. React logs the error. */
export class ErrorBoundary extends Component<Props, { hasFailed: boolean }> {
  static getDerivedStateFromError() {
    return { hasFailed: true }
  }
  override state = { hasFailed: false }
  override render() {
    return this.state.hasFailed ? this.props.fallback : this.props.children
  }
}
