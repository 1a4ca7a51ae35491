export const ChoosePassword = () => null;
