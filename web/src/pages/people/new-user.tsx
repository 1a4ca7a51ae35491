export const NewUser = () => null;
