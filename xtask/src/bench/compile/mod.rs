//! `cargo xtask bench compile`: what many routes and shields cost to compile.

mod generate;
mod measure;
mod service;

use anyhow::Result;

use crate::{process::section, stats::Spread, table, workspace::Workspace};
use measure::Measured;
use service::{Form, LARGE, SMALL, Service, Size};

/// At most this many times plain axum, for the smaller service with a shared stack.
const RATIO_TO_PLAIN: f64 = 1.5;
/// At most this many seconds for the larger service.
const SECONDS_OF_LARGE: f64 = 3.0;

/// How long the compiler takes for many routes and shields, against plain axum.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Fails above the budget.
    #[arg(long)]
    check: bool,
    /// How often every service is checked; the forms take turns.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
}

impl Options {
    /// As continuous integration asks.
    pub(crate) fn check() -> Self {
        Self { check: true, rounds: 5 }
    }
}

/// Says whether the budget holds. Only what repeats itself counts: other work on the machine is no regression.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    section("time to compile a service (`cargo check` of its crate alone, not incremental)");
    let home = generate::all(workspace)?;
    // What has no budget would take most of the time of a check.
    let mut services = Service::all();
    services.retain(|service| !options.check || service.form != Form::PerRouteInferred);
    let attempts = if options.check { 2 } else { 1 };
    for attempt in 1..=attempts {
        let measured = measure::rounds(&home, &services, options.rounds)?;
        print(&measured);
        let over = over_budget(&measured);
        for line in &over {
            println!("over budget: {line}");
        }
        if over.is_empty() {
            println!(
                "within budget: {SMALL} shared at most {RATIO_TO_PLAIN} times plain, {LARGE} within {SECONDS_OF_LARGE} s"
            );
            return Ok(true);
        }
        if attempt < attempts {
            println!("measuring everything once more");
        }
    }
    Ok(!options.check)
}

fn median_of(measured: &[Measured], size: Size, form: Form) -> f64 {
    let of = measured.iter().find(|one| one.service.size == size && one.service.form == form);
    of.map_or(f64::NAN, |one| one.seconds.median)
}

fn print(measured: &[Measured]) {
    let row = |one: &Measured| {
        let Spread { min, median, max } = one.seconds;
        let size = one.service.size;
        vec![
            size.to_string(),
            one.service.form.title().to_owned(),
            format!("{median:.2} s"),
            format!("{min:.2} .. {max:.2}"),
            format!("{:.2}", median / median_of(measured, size, Form::Plain)),
            one.peak_mib.map_or_else(|| "-".to_owned(), |mib| format!("{mib} MiB")),
        ]
    };
    let header = ["service", "form", ">median", ">spread", ">to plain", ">peak memory"];
    table::print(&header, &measured.iter().map(row).collect::<Vec<_>>());
}

fn over_budget(measured: &[Measured]) -> Vec<String> {
    let ratio = median_of(measured, SMALL, Form::Shared) / median_of(measured, SMALL, Form::Plain);
    let small = (ratio > RATIO_TO_PLAIN).then(|| {
        format!("{SMALL}, {}: {ratio:.2} times plain axum, not {RATIO_TO_PLAIN}", Form::Shared.title())
    });
    let large = [Form::Shared, Form::PerRoute].into_iter().filter_map(|form| {
        let seconds = median_of(measured, LARGE, form);
        let title = form.title();
        (seconds > SECONDS_OF_LARGE)
            .then(|| format!("{LARGE}, {title}: {seconds:.2} s, not {SECONDS_OF_LARGE} s"))
    });
    small.into_iter().chain(large).collect()
}
