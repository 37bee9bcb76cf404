import { createContext, useContext, useState } from "react";
import type { ReactNode } from "react";

import { changed } from "./basket";
import type { Basket } from "./basket";

interface Shared {
  basket: Basket;
  change: (id: string, by: 1 | -1) => void;
}

const BasketContext = createContext<Shared | null>(null);

export function BasketProvider({ children }: { children: ReactNode }) {
  const [basket, setBasket] = useState<Basket>({});
  const change = (id: string, by: 1 | -1) => setBasket((now) => changed(now, id, by));
  return <BasketContext.Provider value={{ basket, change }}>{children}</BasketContext.Provider>;
}

/** The basket of the provider above. */
export function useBasket(): Shared {
  const shared = useContext(BasketContext);
  if (shared === null) throw new Error("useBasket needs a BasketProvider above it");
  return shared;
}
