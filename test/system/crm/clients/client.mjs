// @ts-nocheck The guide’s own client, "Complete Authentication Flow (JavaScript)", as it stands there: without types.
export class ApiClient {
  constructor(baseURL) {
    this.baseURL = baseURL
    this.token = localStorage.getItem('jwt_token')
  }

  async login(username, password) {
    try {
      const response = await fetch(`${this.baseURL}/api/auth/login`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
        },
        body: JSON.stringify({ username, password }),
      })

      if (!response.ok) {
        throw new Error('Login failed')
      }

      const data = await response.json()
      this.token = data.token
      localStorage.setItem('jwt_token', data.token)

      return data
    } catch (error) {
      console.error('Login error:', error)
      throw error
    }
  }

  async request(endpoint, options = {}) {
    if (!this.token) {
      throw new Error('Not authenticated. Please login first.')
    }

    const headers = {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${this.token}`,
      ...options.headers,
    }

    try {
      const response = await fetch(`${this.baseURL}${endpoint}`, {
        ...options,
        headers,
      })

      // Handle 401 - token expired or invalid
      if (response.status === 401) {
        this.logout()
        throw new Error('Authentication failed. Please login again.')
      }

      if (!response.ok) {
        throw new Error(`HTTP ${response.status}: ${response.statusText}`)
      }

      return await response.json()
    } catch (error) {
      console.error('API request error:', error)
      throw error
    }
  }

  logout() {
    this.token = null
    localStorage.removeItem('jwt_token')
  }

  // Convenience methods
  async getLeads() {
    return this.request('/api/leads')
  }

  async createLead(leadData) {
    return this.request('/api/leads', {
      method: 'POST',
      body: JSON.stringify(leadData),
    })
  }

  async getCampaigns() {
    return this.request('/api/campaigns')
  }
}
