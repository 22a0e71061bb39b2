"""A sentence with marks under its words: which words made which part."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a sentence, and what is said of them."""

    start: int
    end: int
    label: str
    sign: str = "~"


def drawn(sentence: str, spans: Sequence[Span], width: int) -> Iterator[str]:
    """The sentence in lines of at most `width` columns, each with marks and labels below it where it has any."""
    for start, end in _windows(sentence, width):
        piece = sentence[start:end].rstrip()
        end = start + len(piece)
        yield piece
        here = sorted((span for span in spans if span.start < end and span.end > start), key=lambda span: span.start)
        if not here:
            continue
        marks = [" "] * cell_len(piece)
        labels: list[tuple[int, str]] = []
        for span in here:
            first, last = max(span.start, start), min(span.end, end)
            column = cell_len(sentence[start:first])
            length = cell_len(sentence[first:last])
            marks[column : column + length] = span.sign * length
            if span.start >= start:
                labels.append((column, span.label))
        yield "".join(marks).rstrip()
        yield from _rows(labels)


def _windows(sentence: str, width: int) -> Iterator[tuple[int, int]]:
    """Where to break a sentence: between words, and within one that is wider than a line."""
    start = place = 0
    columns, blank = 0, -1
    while place < len(sentence):
        columns += cell_len(sentence[place])
        if columns > width and place > start:
            end = blank + 1 if blank >= start else place
            yield start, end
            start = place = end
            columns, blank = 0, -1
            continue
        if sentence[place].isspace():
            blank = place
        place += 1
    if start < len(sentence):
        yield start, len(sentence)


def _rows(labels: Sequence[tuple[int, str]]) -> Iterator[str]:
    """The labels, each below its word, on as few lines as they need."""
    rows: list[str] = []
    for column, label in labels:
        for number, row in enumerate(rows):
            if cell_len(row) < column:
                rows[number] = row + " " * (column - cell_len(row)) + label
                break
        else:
            rows.append(" " * column + label)
    yield from rows
