//! From events to lines.

use std::{error::Error, fmt};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span,
    subscriber::Interest,
};
use tracing_core::span::Current;

use super::{
    Logger,
    line::Line,
    spans::{Span, Spans},
};
use crate::observe::ids::Ids;

/// Turns events into lines of the log, with the ids of the request they happen in.
#[derive(Debug)]
pub(crate) struct LogSubscriber {
    logger: Logger,
    spans: Spans,
}

impl LogSubscriber {
    pub(super) fn new(logger: Logger) -> Self {
        Self { logger, spans: Spans::new() }
    }

    /// From now on, events inside this span and those made in it carry these ids.
    pub(crate) fn identify(&self, span: &span::Id, ids: Ids) {
        self.spans.identify(span, ids);
    }

    /// The ids of what something is in: of the span it names, of the one the thread is inside, or of none.
    fn ids(&self, parent: Option<&span::Id>, is_contextual: bool) -> Option<Ids> {
        match parent {
            Some(parent) => self.spans.get(parent)?.ids,
            None if is_contextual => self.spans.current()?.1.ids,
            None => None,
        }
    }
}

impl Subscriber for LogSubscriber {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.logger.0.level.allows(*metadata.level())
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.logger.0.level.as_filter())
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        let ids = self.ids(span.parent(), span.is_contextual());
        self.spans.open(Span { metadata: span.metadata(), ids })
    }

    // Lines have the fields of events, and of spans only the ids.
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        if self.logger.has_said(metadata.target()) {
            return;
        }
        let ids = self.ids(event.parent(), event.is_contextual());
        self.logger.write(None, |out, form, now| {
            let mut line = Line::begin(out, form, now, *metadata.level(), metadata.target());
            event.record(&mut Fields(&mut line));
            if let Some(ids) = &ids {
                line.ids(ids);
            }
            line.end();
        });
    }

    fn enter(&self, span: &span::Id) {
        self.spans.enter(span);
    }

    fn exit(&self, span: &span::Id) {
        self.spans.leave(span);
    }

    fn clone_span(&self, span: &span::Id) -> span::Id {
        self.spans.retain(span);
        span.clone()
    }

    fn try_close(&self, span: span::Id) -> bool {
        self.spans.release(&span)
    }

    fn current_span(&self) -> Current {
        let current = self.spans.current().map(|(id, span)| Current::new(id, span.metadata));
        current.unwrap_or_else(Current::none)
    }
}

/// The fields of an event, on their way into a line.
struct Fields<'a, 'b>(&'a mut Line<'b>);

impl Fields<'_, '_> {
    fn literal(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        self.0.named(field.name());
        self.0.literal(value);
    }

    fn display(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        self.0.named(field.name());
        self.0.display(value);
    }
}

impl Visit for Fields<'_, '_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0.message(value);
        } else {
            self.display(field, format_args!("{value:?}"));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.0.message(&format_args!("{value}"));
        } else {
            self.0.named(field.name());
            self.0.text(value);
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.display(field, format_args!("{}", Causes(value)));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.literal(field, format_args!("{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.literal(field, format_args!("{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.literal(field, format_args!("{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() {
            self.literal(field, format_args!("{value:?}"));
        } else {
            // JSON has no word for it (RFC 8259, section 6).
            self.display(field, format_args!("{value}"));
        }
    }

    // Beyond 64 bits readers of JSON disagree on numbers (RFC 8259, section 6).
    fn record_i128(&mut self, field: &Field, value: i128) {
        self.display(field, format_args!("{value}"));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.display(field, format_args!("{value}"));
    }
}

/// An error with what caused it.
struct Causes<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut error = self.0;
        while let Some(source) = error.source() {
            write!(f, ": {source}")?;
            error = source;
        }
        Ok(())
    }
}
