import { BasketProvider, useBasket } from "./BasketContext";
import { PRODUCTS, total } from "./basket";
import type { Product } from "./basket";

export function App() {
  return (
    <BasketProvider>
      <main>
        <h1>Market stall</h1>
        <ul>
          {PRODUCTS.map((product) => (
            <Line key={product.id} product={product} />
          ))}
        </ul>
        <Total />
      </main>
    </BasketProvider>
  );
}

function Line({ product }: { product: Product }) {
  const { basket, change } = useBasket();
  const count = basket[product.id] ?? 0;
  return (
    <li>
      {product.name}: {count}{" "}
      <button type="button" aria-label={`One more: ${product.name}`} onClick={() => change(product.id, 1)}>
        +
      </button>{" "}
      <button
        type="button"
        aria-label={`One less: ${product.name}`}
        disabled={count === 0}
        onClick={() => change(product.id, -1)}
      >
        −
      </button>
    </li>
  );
}

function Total() {
  const { basket } = useBasket();
  return <p role="status">Together {(total(basket) / 100).toFixed(2)} €</p>;
}
