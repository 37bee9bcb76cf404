import type { Plant } from "./plants";

interface Props {
  plants: Plant[];
}

export function PlantTable({ plants }: Props) {
  return (
    <table>
      <caption>{plants.length} plants</caption>
      <thead>
        <tr>
          <th scope="col">Plant</th>
          <th scope="col">Light</th>
          <th scope="col">Water</th>
        </tr>
      </thead>
      <tbody>
        {plants.map((plant) => (
          <tr key={plant.name}>
            <th scope="row">{plant.name}</th>
            <td>{plant.light}</td>
            <td>every {plant.days} days</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
