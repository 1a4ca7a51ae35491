export const Contacts = () => null;
