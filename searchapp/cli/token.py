"""The command `token`: access tokens of the editor's desk."""

from __future__ import annotations

import click

from searchapp.cli import output
from searchapp.cli.options import common
from searchapp.config.loading import Config
from searchapp.web.desk.tokens import TokenStore


@click.command("token")
@click.argument("name", required=False)
@click.option("--list", "listing", is_flag=True, help="List the tokens there are.")
@click.option("--revoke", metavar="NAME", help="End a token, and whoever is logged in by it.")
@common
def token(config: Config, as_json: bool, name: str | None, listing: bool, revoke: str | None) -> int:
    """Make a token that opens the desk in a browser, and print it: it is shown only this once.

    NAME tells it from the others ("editor" if not given). Exit code 1 if there is none to list or to end.
    """
    if sum(map(bool, (name, listing, revoke))) > 1:
        raise click.UsageError("give one of NAME, --list and --revoke NAME")
    access = TokenStore(config.desk_dir)
    if listing:
        return _list(access, as_json)
    if revoke is not None:
        return _revoke(access, revoke, as_json)
    name = name or "editor"
    made = access.issue(name)
    if as_json:
        output.print_json({"name": name, "token": made})
    else:
        output.say(output.stdout(), made)
        output.say(
            output.stderr(), "Keep it: only its hash is stored. It opens /desk; searchapp token --revoke ends it."
        )
    return 0


def _list(access: TokenStore, as_json: bool) -> int:
    tokens = access.tokens()
    if as_json:
        output.print_json(
            [
                {
                    "name": each.name,
                    "created": each.created.isoformat(timespec="seconds"),
                    "used": each.used.isoformat(timespec="seconds") if each.used else None,
                }
                for each in tokens
            ]
        )
    elif tokens:
        rows = [
            (each.name, f"{each.created:%Y-%m-%d}", f"{each.used:%Y-%m-%d}" if each.used else "never")
            for each in tokens
        ]
        output.table(rows, ("name", "made", "last used"))
    else:
        output.say(output.stderr(), "There is no token; searchapp token NAME makes one")
    return 0 if tokens else 1


def _revoke(access: TokenStore, name: str, as_json: bool) -> int:
    ended = access.revoke(name)
    if as_json:
        output.print_json({"name": name, "revoked": ended})
    else:
        output.say(output.stderr(), f"{name} has ended" if ended else f"There is no token named {name}")
    return 0 if ended else 1


COMMANDS = (token,)
