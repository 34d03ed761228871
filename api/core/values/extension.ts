/** An extension of an account. It may be longer than those that Hookswitch creates: the PBX may have it already. */
export const ACCOUNT_EXTENSION = /^[0-9]{1,32}$/

/** An extension that Hookswitch creates on a PBX, and that names a phone: longer numbers are external, and name trunks. */
export const PHONE_EXTENSION = /^\d{2,8}$/
