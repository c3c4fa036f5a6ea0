"""`palier check [FILES]`: every fault of questionnaire files, by line of a YAML text or by cell of a workbook."""

import argparse
import json
import sys
from pathlib import Path

from palier.mirrors.catalogue import mirror_faults
from palier.questionnaires.catalogue import check_files, shipped_files, style_faults, unmatched
from palier.questionnaires.files import questionnaire_file
from palier.questionnaires.format import schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Files to check, or the shipped ones."""
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help=".yaml or .xlsx; default: the shipped ones"
    )
    parser.add_argument("--style", action="store_true", help="also lengths, repetitions, typography")
    parser.add_argument("--schema", action="store_true", help="print the format's JSON Schema instead")


def run(arguments: argparse.Namespace) -> int:
    """0 when every file may be used, 1 when one may not, 2 when there is nothing to check."""
    if arguments.schema:
        print(json.dumps(schema(), indent=2))
        return 0
    files = arguments.files or shipped_files()
    if not files:
        print("palier check: no questionnaire files", file=sys.stderr)
        return 2
    faults = check_files(files, read=questionnaire_file)
    if not faults and not arguments.files:
        faults = list(unmatched()) + mirror_faults()
    if arguments.style and not faults:
        faults = [fault for file in files for fault in style_faults(file, read=questionnaire_file)]
    for fault in faults:
        print(fault)
    print(f"{len(files)} files, {len(faults)} faults", file=sys.stderr)
    return 1 if faults else 0
