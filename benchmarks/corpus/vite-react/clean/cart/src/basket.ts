export interface Product {
  id: string;
  name: string;
  cents: number;
}

export const PRODUCTS: readonly Product[] = [
  { id: "carrots", name: "Carrots, 1 kg", cents: 220 },
  { id: "leek", name: "Leek", cents: 150 },
  { id: "salad", name: "Salad", cents: 180 },
];

export type Basket = Readonly<Record<string, number>>;

/** The basket with one more, or one less, of a product. */
export function changed(basket: Basket, id: string, by: 1 | -1): Basket {
  const count = (basket[id] ?? 0) + by;
  const { [id]: _, ...others } = basket;
  return count > 0 ? { ...others, [id]: count } : others;
}

/** What it all costs, in cents. */
export function total(basket: Basket, products: readonly Product[] = PRODUCTS): number {
  return products.reduce((sum, product) => sum + product.cents * (basket[product.id] ?? 0), 0);
}
