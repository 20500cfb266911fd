//! Comparing with other programs in the same run.
#![allow(dead_code, clippy::print_stdout, clippy::expect_used)]

use std::process::Command;
use std::time::Instant;

/// What a piece of work took.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Wall-clock seconds, the best of the rounds.
    pub secs: f64,
    /// Memory beyond what was held before, at the most, in MiB; none where the system does not tell.
    pub peak_mib: Option<f64>,
    /// How many triangles came out; 0 where there are none to count.
    pub triangles: usize,
}

/// A line of `/proc/self/status` in MiB.
fn status_mib(name: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

/// Most memory that this process had since the last [`time`] or [`measure`] began, in MiB.
pub fn peak_mib() -> Option<f64> {
    status_mib("VmHWM:")
}

/// What some rounds of a piece of work took.
#[derive(Clone, Debug)]
pub struct Rounds {
    /// Wall-clock seconds of each, the shortest first.
    pub secs: Vec<f64>,
    /// As in [`Cost`].
    pub peak_mib: Option<f64>,
}

impl Rounds {
    /// The seconds of the shortest round.
    pub fn best(&self) -> f64 {
        self.secs.first().copied().unwrap_or(f64::INFINITY)
    }

    /// The seconds of the middle one.
    pub fn median(&self) -> f64 {
        self.secs[self.secs.len() / 2]
    }
}

/// Runs `work` `rounds` times. Dropping its result is not timed.
pub fn time<T>(rounds: usize, mut work: impl FnMut() -> T) -> Rounds {
    // Writing 5 resets the high-water mark.
    let resets = std::fs::write("/proc/self/clear_refs", "5").is_ok();
    let before = status_mib("VmRSS:");
    let round = |_| {
        let start = Instant::now();
        let result = work();
        let secs = start.elapsed().as_secs_f64();
        drop(result);
        secs
    };
    let mut secs: Vec<f64> = (0..rounds).map(round).collect();
    secs.sort_by(f64::total_cmp);
    let peak_mib = if resets { status_mib("VmHWM:").zip(before).map(|(peak, before)| peak - before) } else { None };
    Rounds { secs, peak_mib }
}

/// Runs `work`, which returns a number of triangles, `rounds` times.
pub fn measure(rounds: usize, mut work: impl FnMut() -> usize) -> Cost {
    let mut triangles = 0;
    let taken = time(rounds, || triangles = work());
    Cost { secs: taken.best(), peak_mib: taken.peak_mib, triangles }
}

/// What a peer's script starts with: `measure(rounds, work)` as above, printing what [`peer`] reads.
const PRELUDE: &str = r#"
import time
def _status(name):
    for line in open("/proc/self/status"):
        if line.startswith(name):
            return float(line.split()[1]) / 1024
def measure(rounds, work):
    resets = True
    try:
        open("/proc/self/clear_refs", "w").write("5")
        before = _status("VmRSS:")
    except OSError:
        resets = False
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        count = work()
        best = min(best, time.perf_counter() - start)
    peak = _status("VmHWM:") - before if resets else "none"
    print("RESULT", best, peak, count)
"#;

/// Runs a Python `script` with the interpreter that `ORFEAS_PYTHON` names (`python3` when unset), or
/// says why it could not.
pub fn peer(script: &str) -> Result<Cost, String> {
    let python = std::env::var("ORFEAS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(&python)
        .args(["-c", &format!("{PRELUDE}{script}")])
        .output()
        .map_err(|error| format!("{python} does not start: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let words: Vec<&str> =
        text.lines().find_map(|line| line.strip_prefix("RESULT ")).unwrap_or("").split_whitespace().collect();
    match words[..] {
        [secs, peak, count] => Ok(Cost {
            secs: secs.parse().map_err(|_| format!("cannot read {secs}"))?,
            peak_mib: peak.parse().ok(),
            triangles: count.parse().map_err(|_| format!("cannot read {count}"))?,
        }),
        _ => {
            let error = String::from_utf8_lossy(&output.stderr);
            Err(error.lines().last().unwrap_or("no result").to_owned())
        }
    }
}

/// Prints both and how many times faster ours is.
pub fn compare(what: &str, ours: Cost, name: &str, theirs: Result<Cost, String>) {
    let line = |name: &str, cost: Cost| {
        let peak = cost.peak_mib.map_or("unknown".to_owned(), |mib| format!("{mib:.0} MiB"));
        let triangles = if cost.triangles > 0 { format!("   {} triangles", cost.triangles) } else { String::new() };
        println!("  {name:<20} {:>9.1} ms   peak memory {peak:>9}{triangles}", 1e3 * cost.secs);
    };
    println!("{what}");
    line("orfeas", ours);
    match theirs {
        Ok(theirs) => {
            line(name, theirs);
            println!("  ratio {:.1}×", theirs.secs / ours.secs);
        }
        Err(why) => println!("  {name:<20} absent ({why})"),
    }
}

/// Whether this is a real run, not `cargo test`'s single pass.
pub fn is_real_run() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}
