"""Values over the grammar of EDTF, levels 0 to 2, as parts that the oracle understands."""

from datetime import date

from edtf_days import GROUPS, Point, SignificantYear
from hypothesis import strategies as st

_marks = st.sampled_from(["", "", "", "~", "?", "%", "+~", "+?", "+%"])
qualifiers = st.tuples(_marks, _marks, _marks)


@st.composite
def points(draw: st.DrawFn) -> Point:
    """Days, months and years, also before the year 0, some with unspecified digits; the day need not exist."""
    near = st.dates(date(1985, 1, 1), date(2030, 12, 31))
    day = draw(st.one_of(near, near, st.dates()))
    leap = draw(st.sampled_from(["", "", "", f"{day.year:04}-02-29"]))
    year, month, number = (leap or day.isoformat()).split("-")
    precision = draw(st.integers(1, 3))
    parts = [year, month, number][:precision] + [""] * (3 - precision)
    mask = iter(draw(st.lists(st.sampled_from([False, False, False, True]), min_size=8, max_size=8)))
    parts = ["".join("X" if next(mask) else digit for digit in part) for part in parts]
    sign = draw(st.sampled_from(["", "", "", "", "-"])) if parts[0] != "0000" and "X" not in parts[0] else ""
    return Point(sign + parts[0], parts[1], parts[2], draw(qualifiers))


significant_years = st.one_of(
    st.builds(
        lambda sign, year, kept: SignificantYear(sign, f"{year:04}", None, kept),
        st.sampled_from(["", "-"]), st.integers(1, 9999), st.integers(1, 4),
    ),
    st.builds(
        lambda sign, year, kept: SignificantYear(sign, str(year), None, kept),
        st.sampled_from(["", "-"]), st.integers(10_000, 10**12), st.none() | st.integers(1, 5),
    ),
    st.builds(
        lambda sign, number, exponent, kept: SignificantYear(sign, str(number), exponent, kept),
        st.sampled_from(["", "-"]), st.integers(1, 9999), st.integers(0, 12), st.just(1) | st.none(),
    ),
)  # fmt: skip
groups = st.tuples(st.integers(0, 9999), st.sampled_from(sorted(GROUPS)))
