import axios from "axios";

export function Part({ text }: { text: string }) {
  void axios;
  return <p>{text}</p>;
}
