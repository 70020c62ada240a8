"""What is read from a file is what it says, whatever its form; what cannot be used is told with its line."""

import gzip
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from backtest.errors import BacktestError
from backtest.forms import read_history, read_pool
from backtest.history import Moment, Sale
from paper.state import WAD

GOOD = """time,token_in,token_out,portion,amount_in,amount_out,price_WETH
1700000000,,,,,,2500
1700000060,USDC,WETH,0.25,,,2510.5
2023-11-14T22:15:20Z,USDC,WETH,,1000,0.398,
1700000180,WETH,USDC,1,0.5,1260.123456789,
"""


def written(folder: Path, text: str, name: str = "history.csv") -> Path:
    path = folder / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["history.csv", "history.csv.gz"])
def test_each_line_is_a_moment_in_units(tmp_path: Path, name: str) -> None:
    history = read_history(written(tmp_path, GOOD, name), base="USDC")
    assert (history.tokens.symbols, history.tokens.decimals) == (("USDC", "WETH"), (6, 9))
    assert history.moments == [
        Moment(2, 1_700_000_000, {1: 2_500 * 10**15}),
        Moment(3, 1_700_000_060, {1: 25_105 * 10**14}, Sale(0, 1, WAD // 4)),
        Moment(4, 1_700_000_120, {}, Sale(0, 1, None, 10**9, 398 * 10**6)),
        Moment(5, 1_700_000_180, {}, Sale(1, 0, WAD, 5 * 10**8, 1_260_123_456)),
    ]


def test_parquet_says_the_same(tmp_path: Path) -> None:
    lines = [line.split(",") for line in GOOD.splitlines()]
    columns: dict[str, list[object]] = {
        name: [row[at] or None for row in lines[1:]] for at, name in enumerate(lines[0])
    }
    columns["price_WETH"] = [2500.0, 2510.5, None, None]
    path = tmp_path / "history.parquet"
    parquet.write_table(pa.table(columns), path)
    same = read_history(written(tmp_path, GOOD), base="USDC")
    assert read_history(path, base="USDC").moments == same.moments


@pytest.mark.parametrize(
    ("line", "said", "remedy"),
    [
        ("soon,USDC,WETH,1,,,", "line 6: time 'soon' is no moment", "unix seconds"),
        ("2024-01-05T00:00:00,USDC,WETH,1,,,", "is no moment", "unix seconds"),
        ("1700000000,USDC,WETH,1,,,", "line 6: its time is before", "Sort the file"),
        ("1700009999,USDC,,1,,,", "two different tokens", "token_in and token_out"),
        ("1700009999,USDC,USDC,1,,,", "two different tokens", "token_in and token_out"),
        ("1700009999,USDC,WETH,,,,", "neither a portion nor an amount_in", "Give one"),
        ("1700009999,USDC,WETH,1.01,,,", "portion 1.01 is more than all", "at most 1"),
        ("1700009999,USDC,WETH,0,,,", "portion is not above 0", "positive"),
        ("1700009999,USDC,WETH,much,,,", "portion 'much' is no number", "1234.5"),
        ("1700009999,USDC,WETH,nan,,,", "portion 'nan' is no number", "1234.5"),
        ("1700009999,USDC,WETH,,1e30,1,", "amount_in 1e30 is too large", "--decimals"),
        ("1700009999,USDC,WETH,,-5,1,", "amount_in is not above 0", "positive"),
        ("1700009999,USDC,WETH,1,,3,", "amount_out without amount_in", "both"),
        ("1700009999,,,1,,,", "an amount and no tokens", "token_in"),
        ("1700009999,,,,,,0", "price_WETH is not above 0", "positive"),
        ("1700009999,USDC,WETH,1,,,,9", "more values than columns", "as many values"),
    ],
)
def test_a_bad_line_is_named_with_what_to_do(tmp_path: Path, line: str, said: str, remedy: str) -> None:
    with pytest.raises(BacktestError) as refused:
        read_history(written(tmp_path, GOOD + line + "\n"), base="USDC")
    assert said in str(refused.value)
    assert remedy in refused.value.remedy


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("when,token_in,token_out,portion\n", "no column time"),
        ("time,token_in,token_out\n1,USDC,WETH\n", "neither a column portion"),
        ("time,token_in,token_out,portion,size\n", "a column size"),
        ("time,token_in,token_out,portion\n", "no token beside the base"),
        ("time,token_in,token_out,portion,price_WETH\n1,,,,2\n", "has no trades"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BacktestError, match=said):
        read_history(written(tmp_path, text), base="USDC")


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BacktestError, match="no file"):
        read_history(tmp_path / "absent.csv", base="USDC")
    for name in ("broken.csv.gz", "broken.parquet"):
        path = tmp_path / name
        path.write_bytes(b"\x1f\x8b not what it says")
        with pytest.raises(BacktestError):
            read_history(path, base="USDC")


def test_a_pool_is_read_swap_by_swap_and_a_bad_line_is_named(tmp_path: Path) -> None:
    text = "block_time,sqrt_price_x96,liquidity\n2024-01-05T00:00:23Z,5,7\n"
    assert [(each.time, each.root, each.liquidity) for each in read_pool(written(tmp_path, text))] == [
        (1_704_412_823, 5, 7)
    ]
    with pytest.raises(BacktestError, match="line 3"):
        read_pool(written(tmp_path, text + "2024-01-05T00:00:24Z,x,7\n"))
