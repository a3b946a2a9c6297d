//! Routes that move behind another stack.

use super::{Edit, Kind};
use crate::mutate::{
    routes::{HandedOn, RouteCall},
    source::{Place, Source},
    strength::Strength,
};

/// A stack that anybody may pass. The path is written out, so that a missing import is not what kills the edit.
const PUBLIC: &str = "::testudo::Stack::public(\"mutant\")";

/// Behind every other stack in scope through which somebody new might come.
pub(super) fn swapped(source: &Source, calls: &[RouteCall]) -> Vec<Edit> {
    let of = |call: &RouteCall| {
        let others = weaker(&call.strength, &call.others);
        others.map(|other| moved(source, call, Kind::SwapStack, other, None)).collect::<Vec<_>>()
    };
    calls.iter().flat_map(of).collect()
}

/// Routes of another file behind every weaker stack in scope, and a public one.
pub(super) fn handed_on(source: &Source, stacks: &[HandedOn]) -> Vec<Edit> {
    let of = |one: &HandedOn| {
        let (old, to) = (source.at(&one.stack), source.at(&one.to));
        let edit = |kind: Kind, stack: &str, name: &str| Edit {
            kind,
            at: one.stack.clone(),
            words: format!("{to}: {name} instead of {old}"),
            changes: vec![(one.stack.clone(), stack.to_owned())],
        };
        let weaker = weaker(&one.strength, &one.others).map(|stack| edit(Kind::SwapStack, stack, stack));
        weaker.chain([edit(Kind::Public, PUBLIC, "public")]).collect::<Vec<_>>()
    };
    stacks.iter().flat_map(of).collect()
}

/// Behind no stack at all.
pub(super) fn made_public(source: &Source, calls: &[RouteCall]) -> Vec<Edit> {
    let guarded = calls.iter().filter(|call| !call.strength.is_public || !call.strength.demands.is_empty());
    guarded.map(|call| moved(source, call, Kind::Public, PUBLIC, None)).collect()
}

/// Behind every other guarded stack, and declared not to need a proof.
pub(super) fn unproven(source: &Source, calls: &[RouteCall]) -> Vec<Edit> {
    let of = |call: &RouteCall| {
        let handler = format!("::testudo::unproven(\"mutant\", {})", &source.text[call.handler.clone()]);
        let others = weaker(&call.strength, &call.others);
        others.map(|other| moved(source, call, Kind::Unproven, other, Some(&handler))).collect::<Vec<_>>()
    };
    calls.iter().filter(|call| !call.is_safe).flat_map(of).collect()
}

/// Handlers of one method, or of one path, change places when their stacks differ.
pub(super) fn handlers_swapped(source: &Source, calls: &[RouteCall]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (at, first) in calls.iter().enumerate() {
        for second in &calls[at + 1..] {
            let meet = first.method == second.method || first.path == second.path;
            if !meet || first.strength == second.strength {
                continue;
            }
            let (one, other) = (source.at(&first.handler), source.at(&second.handler));
            edits.push(Edit {
                kind: Kind::SwapHandlers,
                at: first.handler.clone(),
                words: format!("{} of {} and {} of {}", one, first.path, other, second.path),
                changes: vec![
                    (first.handler.clone(), source.text[second.handler.clone()].to_owned()),
                    (second.handler.clone(), source.text[first.handler.clone()].to_owned()),
                ],
            });
        }
    }
    edits
}

/// The other guarded stacks through which somebody new might come: those not at least as strong.
fn weaker<'a>(old: &Strength, others: &'a [(String, Strength)]) -> impl Iterator<Item = &'a str> {
    let weaker = others.iter().filter(|(_, other)| {
        // What is public without a condition is an edit of its own.
        let is_open = other.is_public && other.demands.is_empty();
        !other.is_at_least(old) && !is_open
    });
    weaker.map(|(text, _)| text.as_str())
}

/// One method of a path behind another stack; the others stay where they are.
fn moved(source: &Source, call: &RouteCall, kind: Kind, stack: &str, handler: Option<&str>) -> Edit {
    let old = &source.text[call.stack.clone()];
    let link = |(at, (method, place)): (usize, &(String, Place))| {
        let text = &source.text[place.clone()];
        if at == call.link {
            format!("{stack}.{method}({})", handler.unwrap_or(text))
        } else {
            format!("{old}.{method}({text})")
        }
    };
    let links: Vec<String> = call.links.iter().enumerate().map(link).collect();
    let text = if let [only] = links.as_slice() { only.clone() } else { format!("({})", links.join(", ")) };
    let name = if stack == PUBLIC { "public" } else { stack };
    let unproven = if handler.is_some() { ", unproven" } else { "" };
    let words = format!(
        "{} {}: {name} instead of {}{unproven}",
        call.method.to_uppercase(),
        call.path.trim_matches('"'),
        source.at(&call.stack)
    );
    Edit { kind, at: call.stack.clone(), words, changes: vec![(call.chain.clone(), text)] }
}
