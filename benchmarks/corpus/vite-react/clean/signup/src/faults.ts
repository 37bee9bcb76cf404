export interface Fields {
  name: string;
  mail: string;
  password: string;
}

export type Faults = Partial<Record<keyof Fields, string>>;

/** What is wrong with what was filled in; nothing where it can be sent. */
export function faults({ name, mail, password }: Fields): Faults {
  const found: Faults = {};
  if (!name.trim()) found.name = "Tell us your name.";
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]{2,}$/.test(mail.trim())) found.mail = "Give an address such as ada@example.org.";
  if (password.length < 10) found.password = "Take at least 10 characters.";
  return found;
}
