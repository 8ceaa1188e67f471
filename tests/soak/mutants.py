"""Small faults put into a source file, one at a time: what a test of the rules must notice.

    for mutant in mutants_of("deadlines/calendar.py"): mutant.tree()      # the module with this one fault, as an AST

A mutant is named by its function and by what stands there before and after, never by a line number, so that the list
of accepted ones survives an edit elsewhere in the file.
"""

import ast
import copy
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

COMPARED = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COUNTED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
SWAPPED = {"filter": "exclude", "exclude": "filter", "any": "all", "all": "any", "min": "max", "max": "min"}
NARROWS = ("filter", "exclude", "get", "get_or_create")
# What a person or a log line is told is not a rule; a query's joins change its cost, not its answer.
LEFT_ALONE = ("log.warning", "select_related")


@dataclass(frozen=True)
class Mutant:
    """One fault: the how-manieth node of the tree, what is done to it, and how both read."""

    path: str
    node: int
    kind: str
    variant: int
    line: int
    function: str
    lines: frozenset = field(compare=False)
    """The lines whose tests are run."""
    change: str = ""
    at_import: bool = False
    """Whether Python has to start anew with it: it stands outside functions, at the head of one, or names `super`."""

    def __str__(self):
        return f"{self.path} | {self.function} | {self.change}"

    def tree(self):
        """This will return the module's tree with this fault in it."""
        tree = parse(self.path)
        nodes = list(ast.walk(tree))
        KINDS[self.kind](nodes[self.node], self.variant)
        return ast.fix_missing_locations(tree)


def parse(path):
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def mutants_of(path, *, within=()):
    """This will return every mutant of a file, or of these functions of it."""
    tree = parse(path)
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    found, same = [], Counter()
    for number, node in enumerate(ast.walk(tree)):
        function = function_of(node, parents)
        if within and (function is None or name_of(function, parents) not in within):
            continue
        if left_alone(node, parents):
            continue
        for kind, variants in faults_of(node, parents):
            for variant in range(variants):
                name = name_of(function, parents) if function else "module"
                change = in_words(node, kind, variant, parents)
                same[name, change] += 1
                if same[name, change] > 1:
                    change += f" ({same[name, change]})"
                lines = lines_of(node, function, tree, parents)
                line = min(lines, default=0)
                at_import = function is None or not is_in_body(node, function, parents) or names_super(node)
                found.append(Mutant(path, number, kind, variant, line, name, lines, change, at_import))
    return found


def function_of(node, parents):
    """The innermost function around a node; a decorator and a default belong to the function they are written at."""
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.FunctionDef):
            return node
    return None


def name_of(node, parents):
    names = []
    while node in parents:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        node = parents[node]
    return ".".join(reversed(names))


def lines_of(node, function, tree, parents):
    """The lines that are run when this node matters: its own; the body's for what is written at a function's head."""
    if function is None:
        bodies = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]
        return frozenset(line for each in bodies for line in body_lines(each))
    if is_in_body(node, function, parents):
        statement = node
        while not isinstance(statement, ast.stmt):
            statement = parents[statement]
        head = range(statement.lineno, last_line_of_head(statement) + 1)
        return frozenset(head)
    return frozenset(body_lines(function))


def is_in_body(node, function, parents):
    while parents[node] is not function:
        node = parents[node]
    return node in function.body


def names_super(node):
    """Whether a function would lose its hold on its class with this node: such a one cannot be given new code."""
    return isinstance(node, ast.Expr) and "super()" in ast.unparse(node)


def last_line_of_head(statement):
    body = getattr(statement, "body", None)
    return body[0].lineno - 1 if isinstance(body, list) and body else statement.end_lineno


def body_lines(function):
    return range(function.body[0].lineno, function.end_lineno + 1)


def left_alone(node, parents):
    """Whether a node is words, an annotation or a log line: nothing a rule says."""
    while node is not None:
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(LEFT_ALONE):
            return True
        if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom):
            return True
        parent = parents.get(node)
        if isinstance(parent, ast.Raise):
            return True  # which words an exception carries; that it is raised is a mutant of the statement
        if isinstance(node, ast.FunctionDef) and node.name in ("__str__", "__repr__"):
            return True
        node = parent
    return False


def is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def faults_of(node, parents):
    """What can be done wrong at this node: (kind, how many variants)."""
    parent = parents.get(node)
    match node:
        case ast.Compare(ops=[op]):
            yield "compare", len(COMPARED[type(op)])
        case ast.BoolOp():
            yield "and or", 1
        case ast.UnaryOp(op=ast.Not()):
            yield "no not", 1
        case ast.BinOp() if type(node.op) in COUNTED and not isinstance(node.left, ast.Constant | ast.JoinedStr):
            yield "operator", 1
        case ast.Constant(value=bool()):
            yield "flip", 1
        case ast.Constant(value=int()):
            yield "number", 2
        case ast.Return(value=ast.expr()) if ast.unparse(node) != "return None":
            yield "return", 1
        case ast.Expr() if not is_docstring(node):
            yield "delete", 1
        case ast.Raise():
            yield "delete", 1
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript() | ast.Tuple()]):
            yield "delete", 1
        case ast.AugAssign():
            yield "delete", 1
        case ast.If(test=test) | ast.IfExp(test=test) if is_plain(test):
            yield "test", 1
        case ast.comprehension(ifs=[_, *_]):
            yield "no if", len(node.ifs)
        case ast.Call():
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in SWAPPED:
                yield "swap", 1
            if name in NARROWS and isinstance(node.func, ast.Attribute):
                yield "no keyword", len([each for each in node.keywords if each.arg not in (None, "defaults")])
        case ast.Tuple() if isinstance(parent, ast.keyword) and parent.arg in ("sources", "target", "ways"):
            yield "no element", len(node.elts)


def is_plain(test):
    return not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp)


def compare(node, variant):
    node.ops = [COMPARED[type(node.ops[0])][variant]()]


def and_or(node, variant):
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()


def no_not(node, variant):
    become(node, node.operand)


def operator(node, variant):
    node.op = COUNTED[type(node.op)]()


def flip(node, variant):
    node.value = not node.value


def number(node, variant):
    node.value += 1 if variant == 0 else -1


def return_nothing(node, variant):
    node.value = ast.Constant(None)


def delete(node, variant):
    become(node, ast.Pass())


def test(node, variant):
    node.test = ast.UnaryOp(ast.Not(), node.test)


def no_if(node, variant):
    del node.ifs[variant]


def swap(node, variant):
    if isinstance(node.func, ast.Attribute):
        node.func.attr = SWAPPED[node.func.attr]
    else:
        node.func.id = SWAPPED[node.func.id]


def no_keyword(node, variant):
    del node.keywords[[at for at, each in enumerate(node.keywords) if each.arg not in (None, "defaults")][variant]]


def no_element(node, variant):
    del node.elts[variant]


def become(node, other):
    """Turn a node into another one in place, where it stands."""
    where = {name: getattr(node, name) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")}
    node.__class__ = other.__class__
    node.__dict__.clear()
    node.__dict__.update(vars(other) | where)


KINDS = {
    "compare": compare,
    "and or": and_or,
    "no not": no_not,
    "operator": operator,
    "flip": flip,
    "number": number,
    "return": return_nothing,
    "delete": delete,
    "test": test,
    "no if": no_if,
    "swap": swap,
    "no keyword": no_keyword,
    "no element": no_element,
}


def in_words(node, kind, variant, parents):
    """This will say what stands there and what is put in its place, cut where it is long."""
    shown = node
    if isinstance(node, ast.Constant) and isinstance(parents.get(node), ast.expr | ast.keyword | ast.Slice):
        shown = parents[node]
    before = head(shown)
    fresh = ast.parse(ast.unparse(node)).body[0] if isinstance(node, ast.stmt) else None
    if kind == "delete":
        return f"{before} -> nothing"
    if kind == "return":
        return f"{before} -> return None"
    if fresh is not None:
        KINDS[kind](fresh, variant)
        return f"{before} -> {head(fresh)}"
    copied = copy.deepcopy(shown)
    at = 0 if shown is node else list(ast.walk(shown)).index(node)
    KINDS[kind](list(ast.walk(copied))[at], variant)
    return f"{before} -> {head(copied)}"


def head(node):
    text = " ".join(ast.unparse(node).split()) if isinstance(node, ast.expr | ast.keyword | ast.comprehension) else ""
    text = text or ast.unparse(node).splitlines()[0].strip()
    return text if len(text) <= 110 else f"{text[:107]}..."
