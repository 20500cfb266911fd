//! The `orfeas` program: arguments in, a command or the window out.

use std::process::ExitCode;

use orfeas::{app, cli};

fn main() -> ExitCode {
    let arguments = match cli::parse(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    match arguments.command {
        Some(command) => cli::run(command, arguments.global),
        None => cli::open_window(arguments, |files| app::run(app::Options::with_files(files))),
    }
}
