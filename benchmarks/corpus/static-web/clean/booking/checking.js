const MAIL = /^[^@\s]+@[^@\s]+\.[^@\s]{2,}$/;

/** What is wrong with a booking, by field; nothing where it can be sent. */
export function faults({ name, mail, guests }) {
  const found = {};
  if (!name.trim()) {
    found.name = "Tell us your name.";
  }
  if (!MAIL.test(mail.trim())) {
    found.mail = "Give an address such as ada@example.org.";
  }
  const count = Number(guests);
  if (!Number.isInteger(count) || count < 1 || count > 8) {
    found.guests = "We have tables for 1 to 8 guests.";
  }
  return found;
}
