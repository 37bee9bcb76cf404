"""A mapper is between."""

import sqlalchemy

ENGINE = sqlalchemy.create_engine("sqlite:///app.db")
