//! One failure is an accident, several in a row are an outage.

use super::Health;

/// How many results in a row it takes to believe them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thresholds {
    pub(super) failures: u32,
    pub(super) successes: u32,
}

/// What is believed of one check, given its results so far. Nothing is believed before the first.
#[derive(Debug, Default)]
pub(super) struct Hysteresis {
    believed: Option<Health>,
    /// Results in a row that contradict what is believed.
    against: u32,
}

impl Hysteresis {
    /// Takes in a result, and says whether what is believed has changed.
    pub(super) fn observe(&mut self, result: Health, thresholds: Thresholds) -> bool {
        let is_down = |health: &Health| matches!(health, Health::Down(_));
        let needed = match &self.believed {
            // The first result is all that is known.
            None => 1,
            Some(believed) if is_down(believed) == is_down(&result) => {
                self.against = 0;
                // Up and degraded both get traffic: the newest word is the best one.
                let changed = *believed != result;
                self.believed = Some(result);
                return changed;
            }
            Some(believed) if is_down(believed) => thresholds.successes,
            Some(_) => thresholds.failures,
        };
        self.against += 1;
        if self.against < needed {
            return false;
        }
        self.against = 0;
        self.believed = Some(result);
        true
    }

    pub(super) fn believed(&self) -> Option<&Health> {
        self.believed.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn believed_after(results: &str, failures: u32, successes: u32) -> String {
        let mut hysteresis = Hysteresis::default();
        let letter = |health: Option<&Health>| match health {
            None => '?',
            Some(Health::Up) => 'u',
            Some(Health::Degraded(_)) => 'g',
            Some(Health::Down(_)) => 'd',
        };
        let believe = |result| {
            let health = match result {
                'u' => Health::Up,
                'g' => Health::degraded("slow"),
                _ => Health::down("dead"),
            };
            hysteresis.observe(health, Thresholds { failures, successes });
            letter(hysteresis.believed())
        };
        results.chars().map(believe).collect()
    }

    #[test]
    fn it_takes_several_results_in_a_row_to_change_what_is_believed() {
        for (name, results, failures, successes, expected) in [
            ("the first result counts", "du", 2, 2, "dd"),
            ("one failure is an accident", "udu", 2, 1, "uuu"),
            ("two are an outage", "uddu", 2, 1, "uudu"),
            ("a success in between starts the count anew", "uduudd", 2, 1, "uuuuud"),
            ("recovery may take more than one", "duuu", 1, 3, "dddu"),
            ("degraded is not down", "ugdg", 2, 1, "uggg"),
            ("from down to degraded is a recovery", "dgg", 1, 2, "ddg"),
        ] {
            assert_eq!(believed_after(results, failures, successes), expected, "{name}");
        }
    }
}
