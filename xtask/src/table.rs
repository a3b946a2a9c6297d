//! Plain tables for a terminal and for a log.

/// Prints rows under a header, columns aligned; columns whose header starts with `>` to the right.
pub(crate) fn print(header: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([header[column].trim_start_matches('>').len()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let aligned = |(column, cell): (usize, &str)| {
            let width = widths[column];
            if header[column].starts_with('>') {
                format!("{cell:>width$}")
            } else {
                format!("{cell:<width$}")
            }
        };
        let text = cells.into_iter().enumerate().map(aligned).collect::<Vec<_>>().join("  ");
        println!("{}", text.trim_end());
    };
    line(header.iter().map(|title| title.trim_start_matches('>')).collect());
    for row in rows {
        line(row.iter().map(String::as_str).collect());
    }
}
