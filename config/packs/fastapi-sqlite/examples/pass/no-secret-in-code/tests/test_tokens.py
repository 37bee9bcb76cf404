from app.tokens import other_token

TOKEN = "of-the-tests"


def test_what_is_given_counts() -> None:
    assert other_token(token="of-the-tests") == TOKEN
