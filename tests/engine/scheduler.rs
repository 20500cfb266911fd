//! Schedules and single steps.

use orfeas::engine::models::hunyuan3d::scheduler::{Schedule, ScheduleError};

use crate::support::Vectors;

/// Numbers N for which the file has `out.<start><N>.sigmas`.
fn counts(v: &Vectors, start: &str) -> Vec<usize> {
    let start = format!("out.{start}");
    let found: Vec<usize> = v.names_below(&start).filter_map(|n| n.strip_suffix(".sigmas")?.parse().ok()).collect();
    assert!(!found.is_empty(), "no {start}");
    found
}

#[test]
fn the_flow_matching_schedule_is_that_of_the_pipeline() {
    let Some(v) = Vectors::open("hunyuan3d21/scheduler") else { return };
    for n in counts(&v, "pipe_") {
        let schedule = Schedule::flow_matching(n, 1.0).unwrap();
        v.expect_floats(&format!("out.pipe_{n}.sigmas"), schedule.sigmas(), 1e-6);
        v.expect_floats(&format!("out.pipe_{n}.timesteps"), &schedule.timesteps(), 1e-6 * 1000.0);
        let times: Vec<f32> = (0..n).map(|k| schedule.model_time(k)).collect();
        v.expect_floats(&format!("out.pipe_{n}.model_t"), &times, 1e-6);
        let times: Vec<f32> = (0..n).map(|k| schedule.model_time_f16(k)).collect();
        v.expect_floats(&format!("out.pipe_{n}.model_t_fp16"), &times, 0.0);
    }
    let shifted: Vec<(&str, &str)> =
        v.names_below("out.shift").filter_map(|name| name.strip_suffix(".sigmas")?.split_once('_')).collect();
    assert!(!shifted.is_empty());
    for (shift, n) in shifted {
        let schedule = Schedule::flow_matching(n.parse().unwrap(), shift.parse().unwrap()).unwrap();
        v.expect_floats(&format!("out.shift{shift}_{n}.sigmas"), schedule.sigmas(), 1e-6);
    }
    for n in counts(&v, "steps_") {
        let schedule = Schedule::flow_matching_alone(n, 1.0).unwrap();
        v.expect_floats(&format!("out.steps_{n}.sigmas"), schedule.sigmas(), 1e-6);
    }
}

/// Lengths of the recorded tables.
fn tables(v: &Vectors) -> Vec<usize> {
    let found: Vec<usize> = v.names_below("out.pcm").filter_map(|n| n.strip_suffix(".table")?.parse().ok()).collect();
    assert!(!found.is_empty());
    found
}

#[test]
fn the_consistency_schedule_is_that_of_the_turbo_models() {
    let Some(v) = Vectors::open("hunyuan3d21/scheduler") else { return };
    for table in tables(&v) {
        v.expect_floats(&format!("out.pcm{table}.table"), &Schedule::consistency_table(table).unwrap(), 1e-6);
        for n in counts(&v, &format!("pcm{table}_")) {
            let schedule = Schedule::consistency(n, table).unwrap();
            v.expect_floats(&format!("out.pcm{table}_{n}.sigmas"), schedule.sigmas(), 1e-6);
            v.expect_floats(&format!("out.pcm{table}_{n}.timesteps"), &schedule.timesteps(), 1e-6 * 1000.0);
        }
    }
}

#[test]
fn a_step_is_eulers() {
    let Some(v) = Vectors::open("hunyuan3d21/scheduler") else { return };
    let steps = |start: &str| (1..).take_while(|k| v.has(&format!("out.{start}.x{k}"))).count();
    // That of the published turbo models, the longest.
    let table = tables(&v).into_iter().max().unwrap();
    for (name, schedule) in [
        ("euler", Schedule::flow_matching(steps("euler"), 1.0).unwrap()),
        ("pcm_euler", Schedule::consistency(steps("pcm_euler"), table).unwrap()),
    ] {
        let velocity = v.tensor::<3>("in.model_output");
        let mut x = v.tensor::<3>("in.sample");
        for k in 0..schedule.steps() {
            // Recorded with a velocity that grows from step to step.
            let velocity = velocity.clone() * (k + 1) as f32;
            let prediction = format!("{name}.pred_x1_{}", k + 1);
            if v.has(&format!("out.{prediction}")) {
                v.expect(&prediction, &schedule.predicted_data(k, x.clone(), velocity.clone()), 1e-6);
            }
            x = schedule.euler(k, x, velocity);
            v.expect(&format!("{name}.x{}", k + 1), &x, 1e-6);
        }
    }
}

#[test]
fn only_the_last_step_of_the_plain_schedule_changes_nothing() {
    for n in [1, 2, 5, 50] {
        let plain = Schedule::flow_matching(n, 1.0).unwrap();
        let dead: Vec<usize> = (0..n).filter(|k| plain.step_size(*k) == 0.0).collect();
        assert_eq!(dead, if n == 1 { vec![] } else { vec![n - 1] });
        let turbo = Schedule::consistency(n, 100).unwrap();
        assert!((0..n).all(|k| turbo.step_size(k) > 0.0));
    }
}

#[test]
fn impossible_schedules_are_refused() {
    assert_eq!(Schedule::flow_matching(0, 1.0), Err(ScheduleError::Steps(0)));
    assert_eq!(Schedule::flow_matching(1001, 1.0), Err(ScheduleError::Steps(1001)));
    assert_eq!(Schedule::flow_matching(5, f32::NAN), Err(ScheduleError::Shift));
    assert_eq!(Schedule::flow_matching(5, 0.0), Err(ScheduleError::Shift));
    assert_eq!(Schedule::consistency(5, 0), Err(ScheduleError::Table(0)));
    assert_eq!(Schedule::consistency(5, 1001), Err(ScheduleError::Table(1001)));
}
