"""Addresses of stores that cannot be used: one line with place, cause and cure."""

from __future__ import annotations

import threading

import pytest

from pipelines import addresses
from pipelines.addresses import answered, is_address, kind_of, local_path, understood
from pipelines.errors import InputError
from pipelines.read.files import find_files


@pytest.mark.parametrize(
    ("address", "cause", "cure"),
    [
        ("xyz://a/b", "no such kind of address: xyz://", "Give a path, or an address: s3://"),
        ("oci://bucket@space/x", "a package for oci:// is not installed", "Install ocifs"),
        ("http://127.0.0.1:9/a.jsonl", "does not answer (Cl", "Check the address and the network."),
        ("webhdfs://127.0.0.1:9/run", "does not answer (ConnectionError: ", "Check the address and the network."),
        ("memory://nothing/here.jsonl", "not there (/nothing/here.jsonl)", "Check the address"),
        ("memory://nothing/*.jsonl", "not there (/nothing)", "Check the address"),
        ("s3://", "cannot be used (ValueError: Cannot traverse all of S3)", "Check the address"),
        ("simplecache://x", "cannot be used (ValueError: ", "Check the address"),
        ("jupyter://127.0.0.1:9/x", "cannot be used (TypeError: ", "Check the address"),
        ("zip:///no/such.zip", "cannot be used (", "Check the address"),
        ("data://x", "cannot be used (ValueError: ", "Check the address"),
    ],
)  # fmt: skip
def test_an_address_of_articles_that_cannot_be_used_is_one_line(address: str, cause: str, cure: str) -> None:
    with pytest.raises(InputError) as error:
        find_files([address])
    assert error.value.place == address
    assert error.value.cause.startswith(cause)
    assert error.value.cure.startswith(cure)
    assert "\n" not in str(error.value)


def test_without_credentials_the_cure_names_where_they_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    with pytest.raises(InputError, match=r"not let in \(NoCredentialsError: .*\)\. Set AWS_ACCESS_KEY_ID"):
        find_files(["s3://no-credentials/run"])


def test_a_store_that_does_not_answer_in_time_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "PATIENCE", 0.05)
    ended = threading.Event()
    with pytest.raises(
        InputError, match=r"s3://slow/run: does not answer \(TimeoutError: no answer for 0 s\)"
    ):
        answered("s3://slow/run", ended.wait)
    ended.set()


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("s3://b/x", "s3"),
        ("S3://b/x", "s3"),
        ("simplecache::gs://b/x", "gs"),
        ("zip://a.csv::s3://b/x.zip", "s3"),
    ],
)
def test_the_kind_of_an_address_is_that_of_the_store_behind_it(place: str, kind: str) -> None:
    assert kind_of(place) == kind
    assert is_address(place)


@pytest.mark.parametrize("place", ["outputs/x", "/tmp/x", "file:///tmp/x", "local:///tmp/x"])
def test_paths_of_this_machine_are_no_addresses(place: str) -> None:
    assert not is_address(place)
    assert local_path(place) in ("outputs/x", "/tmp/x")


def test_the_port_of_a_store_that_is_away_is_no_refusal() -> None:
    class EndpointConnectionError(Exception):
        """As botocore names it."""

    with pytest.raises(InputError, match="does not answer"), understood("s3://bucket/run"):
        raise EndpointConnectionError(
            'Could not connect to the endpoint URL: "http://127.0.0.1:40353/bucket"'
        )
