"""Tasks with a priority and a day until which they are done."""
