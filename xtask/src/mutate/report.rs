//! The verdicts as a table, or as data.

use anyhow::Result;
use serde_json::json;

use super::{
    edits::{Kind, Mutant},
    judge::Verdict,
};
use crate::table;

/// An edit and what became of it.
#[derive(Debug)]
pub(super) struct Judged<'a> {
    pub(super) mutant: &'a Mutant,
    pub(super) verdict: Verdict,
}

impl Judged<'_> {
    fn is_killed(&self) -> bool {
        matches!(self.verdict, Verdict::Compiler { .. } | Verdict::Test { .. })
    }

    fn survived(&self) -> bool {
        matches!(self.verdict, Verdict::Survived { .. })
    }
}

/// Names the edits.
pub(super) fn list(mutants: &[Mutant]) {
    let row = |mutant: &Mutant| {
        vec![
            mutant.example.package.to_owned(),
            place(mutant),
            mutant.kind.title().to_owned(),
            mutant.edit.clone(),
        ]
    };
    table::print(&["example", "place", "kind", "edit"], &mutants.iter().map(row).collect::<Vec<_>>());
}

/// Prints everything and says whether the score is 100 %.
pub(super) fn print(judged: &[Judged<'_>], left_out: usize, as_json: bool) -> Result<bool> {
    let counted = judged.iter().filter(|one| one.is_killed() || one.survived()).count();
    let killed = judged.iter().filter(|one| one.is_killed()).count();
    if as_json {
        println!("{}", serde_json::to_string_pretty(&data(judged, killed, counted, left_out))?);
    } else {
        table::print(
            &["example", "place", "kind", "edit", "killed by", "snapshot", "in its words"],
            &judged.iter().map(row).collect::<Vec<_>>(),
        );
        println!();
        table::print(
            &["kind", ">compiler", ">test", ">survived", ">stricter", ">invalid"],
            &Kind::ALL.into_iter().map(|kind| by_kind(judged, kind)).collect::<Vec<_>>(),
        );
        if left_out > 0 {
            println!("{left_out} more edits were not tried: the time was over");
        }
        println!("access mutation score: {} ({killed} of {counted} killed)", score(killed, counted));
    }
    Ok(counted > 0 && killed == counted)
}

fn place(mutant: &Mutant) -> String {
    format!("{}:{}", mutant.file_name(), mutant.line)
}

fn row(one: &Judged<'_>) -> Vec<String> {
    let noticed = |snapshot: bool| if snapshot { "differs" } else { "same" };
    let (killer, snapshot, words) = match &one.verdict {
        Verdict::Compiler { error } => ("compiler", "-", error.as_str()),
        Verdict::Test { name, snapshot } => ("test", noticed(*snapshot), name.as_str()),
        Verdict::Survived { snapshot } => ("NOBODY", noticed(*snapshot), ""),
        Verdict::Stricter { why } => ("(stricter)", "-", *why),
        Verdict::Invalid { error } => ("(invalid)", "-", error.as_str()),
    };
    let Mutant { example, kind, edit, .. } = one.mutant;
    let cells =
        [example.package, &place(one.mutant), kind.title(), edit, killer, snapshot, &shortened(words)];
    cells.map(str::to_owned).to_vec()
}

fn shortened(words: &str) -> String {
    const WIDTH: usize = 90;
    if words.chars().count() <= WIDTH {
        return words.to_owned();
    }
    words.chars().take(WIDTH - 2).chain("..".chars()).collect()
}

fn by_kind(judged: &[Judged<'_>], kind: Kind) -> Vec<String> {
    let count = |of: fn(&Verdict) -> bool| {
        judged.iter().filter(|one| one.mutant.kind == kind && of(&one.verdict)).count().to_string()
    };
    vec![
        kind.title().to_owned(),
        count(|verdict| matches!(verdict, Verdict::Compiler { .. })),
        count(|verdict| matches!(verdict, Verdict::Test { .. })),
        count(|verdict| matches!(verdict, Verdict::Survived { .. })),
        count(|verdict| matches!(verdict, Verdict::Stricter { .. })),
        count(|verdict| matches!(verdict, Verdict::Invalid { .. })),
    ]
}

fn score(killed: usize, counted: usize) -> String {
    (killed * 100).checked_div(counted).map_or_else(|| "none".to_owned(), |percent| format!("{percent} %"))
}

fn data(judged: &[Judged<'_>], killed: usize, counted: usize, left_out: usize) -> serde_json::Value {
    let one = |one: &Judged<'_>| {
        json!({
            "example": one.mutant.example.package,
            "file": one.mutant.file,
            "line": one.mutant.line,
            "kind": one.mutant.kind,
            "edit": one.mutant.edit,
            "verdict": one.verdict,
        })
    };
    let edits: Vec<_> = judged.iter().map(one).collect();
    json!({ "killed": killed, "counted": counted, "not_tried": left_out, "edits": edits })
}
