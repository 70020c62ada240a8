"""The exponential as the hub computes it, to the last unit.

Source: solady `FixedPointMathLib.expWad`, after Remco Bloemen (https://2π.com/22/exp-ln): a (6, 7)-term
rational approximation in two's complement, where `>>` rounds down and `/` towards zero. It may be one unit
off the truth.
"""

_LN_2 = 54_916_777_467_707_473_351_141_471_128
"""ln 2, scaled by 2^96."""
_SMALLEST = -41_446_531_673_892_822_313
_SCALE = 3_822_833_074_963_236_453_042_738_258_902_158_003_155_416_615_667


def exp_wad(x: int) -> int:
    """Return e^``x`` for an ``x`` that is not positive, both scaled by 1e18."""
    if x <= _SMALLEST:
        return 0
    x = _towards_zero(x << 78, 5**18)
    k = (_towards_zero(x << 96, _LN_2) + (1 << 95)) >> 96
    x -= k * _LN_2
    y = x + 1_346_386_616_545_796_478_920_950_773_328
    y = ((y * x) >> 96) + 57_155_421_227_552_351_082_224_309_758_442
    p = y + x - 94_201_549_194_550_492_254_356_042_504_812
    p = ((p * y) >> 96) + 28_719_021_644_029_726_153_956_944_680_412_240
    p = p * x + (4_385_272_521_454_847_904_659_076_985_693_276 << 96)
    q = x - 2_855_989_394_907_223_263_936_484_059_900
    for term in (
        50_020_603_652_535_783_019_961_831_881_945,
        -533_845_033_583_426_703_283_633_433_725_380,
        3_604_857_256_930_695_427_073_651_918_091_429,
        -14_423_608_567_350_463_180_887_372_962_807_573,
        26_449_188_498_355_588_339_934_803_723_976_023,
    ):
        q = ((q * x) >> 96) + term
    return (p // q * _SCALE) >> (195 - k)


def _towards_zero(value: int, divisor: int) -> int:
    return value // divisor if value >= 0 else -(-value // divisor)
