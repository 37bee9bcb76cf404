import typer

typer.run(print)
