//! The `orfeas` program: arguments in, a command or the window out.

use orfeas::{app, cli};

fn main() -> ! {
    let exit = match cli::parse(std::env::args_os()) {
        Err(exit) => exit,
        Ok(arguments) => match arguments.command {
            Some(command) => cli::run(command, arguments.global),
            None => cli::open_window(arguments, |files| app::run(app::Options::with_files(files))),
        },
    };
    exit.end()
}
