// How a call asks for the password once more, before what takes a recent sign-in: whoever shows the dialog provides it (shell/password-prompt).
import { createContext, use } from 'react';

/** True when the password was given and was right; false when the person would rather not. */
export type PromptForPassword = () => Promise<boolean>;

export const PasswordPromptContext = createContext<PromptForPassword>(() => Promise.resolve(false));

export const usePasswordPrompt = (): PromptForPassword => use(PasswordPromptContext);
