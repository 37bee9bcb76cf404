"""What a pantry holds."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Item:
    """One thing, and how much of it there is."""

    name: str
    amount: int
    unit: str = "pcs"

    def __post_init__(self) -> None:
        """Refuse what cannot be in a pantry."""
        if not self.name.strip():
            raise ValueError("an item needs a name")
        if self.amount < 0:
            raise ValueError(f"{self.name}: the amount cannot be negative")

    def changed(self, by: int) -> "Item":
        """Return the item with `by` more of it; ValueError where too little is left."""
        if self.amount + by < 0:
            raise ValueError(f"only {self.amount} {self.unit} of {self.name} left")
        return replace(self, amount=self.amount + by)

    def row(self) -> dict[str, object]:
        """Return the item as it stands in the file."""
        return {"name": self.name, "amount": self.amount, "unit": self.unit}

    @classmethod
    def from_row(cls, row: dict) -> "Item":
        """Return the item that `row` of a file describes."""
        return cls(name=row["name"], amount=row["amount"], unit=row["unit"])
