//! The access matrix for human eyes.

use std::fmt;

use super::matrix::{AccessMatrix, RouteAccess, Rule};

const HEADINGS: [&str; 4] = ["METHOD", "PATH", "WHO MAY CALL IT", "THE HANDLER DEMANDS"];

impl fmt::Display for AccessMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 4]> = self.0.iter().map(cells).collect();
        let mut widths = HEADINGS.map(str::len);
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        write_row(f, &HEADINGS.map(str::to_owned), &widths)?;
        rows.iter().try_for_each(|row| write_row(f, row, &widths))
    }
}

fn write_row(f: &mut fmt::Formatter<'_>, cells: &[String; 4], widths: &[usize; 4]) -> fmt::Result {
    let [method, path, access, demands] = cells;
    writeln!(f, "{method:m$}  {path:p$}  {access:a$}  {demands}", m = widths[0], p = widths[1], a = widths[2])
}

fn cells(route: &RouteAccess) -> [String; 4] {
    [route.method().to_owned(), route.path().to_owned(), access(route), demands(route)]
}

fn access(route: &RouteAccess) -> String {
    let mut steps: Vec<String> = match route.rule() {
        Rule::Shielded => Vec::new(),
        Rule::Public { reason } => vec![format!("public: {reason}")],
        Rule::Unaudited { reason } => vec![format!("UNAUDITED: {reason}")],
    };
    steps.extend(route.shields().iter().map(|shield| shield.name().to_owned()));
    steps.join(" > ")
}

fn demands(route: &RouteAccess) -> String {
    let demands: Vec<String> = route.demands().iter().map(crate::TypeInfo::short_name).collect();
    match (route.unproven(), route.rule()) {
        (Some(reason), _) => format!("UNPROVEN: {reason}"),
        (None, Rule::Unaudited { .. }) => "unknown".to_owned(),
        (None, _) if demands.is_empty() => "nothing".to_owned(),
        (None, _) => demands.join(", "),
    }
}
