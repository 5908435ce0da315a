# fish completion of runt; made by "runt completion fish".

function __runt_containers
    runt list --quiet 2>/dev/null
end

complete -c runt -f

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -l debug -d 'log debug messages too'
complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -l log -r -F -d 'file to append log messages to'
complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -l log-format -x -a 'text json' -d 'form of log messages'
complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -l root -x -a '(__fish_complete_directories)' -d 'directory for the containers\' state, on a tmpfs'
complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -l systemd-cgroup -d 'let systemd make the cgroups; linux.cgroupsPath then reads "slice:prefix:name"'
complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -l rootless -x -a 'true false auto' -d 'ignore cgroup permission errors'
complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -l init -x -a 'image self' -d 'what sets up a container from the inside, a tiny program or runt itself'
complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -l help -s h -d 'show help'
complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -l version -s v -d 'print the version'

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -a create -d 'create a container'
complete -c runt -n '__fish_seen_subcommand_from create' -l bundle -s b -x -a '(__fish_complete_directories)' -d 'root of the bundle'
complete -c runt -n '__fish_seen_subcommand_from create' -l console-socket -r -F -d 'unix socket that receives the master end of the container\'s terminal'
complete -c runt -n '__fish_seen_subcommand_from create' -l pidfd-socket -r -F -d 'unix socket to send a pidfd of the container\'s init to'
complete -c runt -n '__fish_seen_subcommand_from create' -l pid-file -r -F -d 'file to write the process id of the container\'s init to'
complete -c runt -n '__fish_seen_subcommand_from create' -l no-pivot -d 'enter the rootfs by chroot instead of pivot_root; for a rootfs on a ramdisk only, since it protects less'
complete -c runt -n '__fish_seen_subcommand_from create' -l no-new-keyring -d 'leave the container the caller\'s session keyring instead of a new one'
complete -c runt -n '__fish_seen_subcommand_from create' -l preserve-fds -x -d 'pass n descriptors more to the container, from 3 on, after those of $LISTEN_FDS'
complete -c runt -n '__fish_seen_subcommand_from create' -l help -s h -d 'show help'

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -a delete -d 'delete what a container holds'
complete -c runt -n '__fish_seen_subcommand_from delete' -l force -s f -d 'end the container with SIGKILL if it runs; no error if there is none'
complete -c runt -n '__fish_seen_subcommand_from delete' -l help -s h -d 'show help'
complete -c runt -n '__fish_seen_subcommand_from delete' -a '(__runt_containers)'

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -a exec -d 'execute a process in a running container'
complete -c runt -n '__fish_seen_subcommand_from exec' -l console-socket -r -F -d 'unix socket that receives the master end of the process\'s terminal'
complete -c runt -n '__fish_seen_subcommand_from exec' -l pidfd-socket -r -F -d 'unix socket to send a pidfd of the process to'
complete -c runt -n '__fish_seen_subcommand_from exec' -l cwd -x -a '(__fish_complete_directories)' -d 'working directory in the container'
complete -c runt -n '__fish_seen_subcommand_from exec' -l env -s e -x -d 'set an environment variable; may be given more than once'
complete -c runt -n '__fish_seen_subcommand_from exec' -l tty -s t -d 'give the process a terminal'
complete -c runt -n '__fish_seen_subcommand_from exec' -l user -s u -x -d 'user and group to run as'
complete -c runt -n '__fish_seen_subcommand_from exec' -l additional-gids -s g -x -d 'one more group of the process; may be given more than once'
complete -c runt -n '__fish_seen_subcommand_from exec' -l process -s p -r -F -d 'JSON file with the whole process, as it stands in config.json; there is no command then'
complete -c runt -n '__fish_seen_subcommand_from exec' -l detach -s d -d 'return as soon as the command runs'
complete -c runt -n '__fish_seen_subcommand_from exec' -l pid-file -r -F -d 'file to write the process id to'
complete -c runt -n '__fish_seen_subcommand_from exec' -l process-label -x -d 'SELinux label of the process'
complete -c runt -n '__fish_seen_subcommand_from exec' -l apparmor -x -d 'AppArmor profile of the process'
complete -c runt -n '__fish_seen_subcommand_from exec' -l no-new-privs -d 'set no_new_privs, by which no program gains privileges'
complete -c runt -n '__fish_seen_subcommand_from exec' -l cap -s c -x -d 'add a capability, such as CAP_NET_ADMIN; may be given more than once'
complete -c runt -n '__fish_seen_subcommand_from exec' -l preserve-fds -x -d 'pass n descriptors more to the process, from 3 on'
complete -c runt -n '__fish_seen_subcommand_from exec' -l cgroup -x -d 'put the process into this cgroup, which exists below the container\'s; with controllers, more than once'
complete -c runt -n '__fish_seen_subcommand_from exec' -l ignore-paused -d 'do so in a paused container too; the process waits until it is resumed'
complete -c runt -n '__fish_seen_subcommand_from exec' -l help -s h -d 'show help'
complete -c runt -n '__fish_seen_subcommand_from exec' -a '(__runt_containers)'

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -a kill -d 'send a signal to a container\'s init process'
complete -c runt -n '__fish_seen_subcommand_from kill' -l all -s a -d 'send the signal to all processes of the container'
complete -c runt -n '__fish_seen_subcommand_from kill' -l help -s h -d 'show help'
complete -c runt -n '__fish_seen_subcommand_from kill' -a '(__runt_containers)'
complete -c runt -n '__fish_seen_subcommand_from kill' -a 'TERM KILL INT HUP QUIT USR1 USR2 STOP CONT WINCH'

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -a list -d 'list the containers below the root'
complete -c runt -n '__fish_seen_subcommand_from list' -l format -s f -x -a 'table json' -d 'form of the output'
complete -c runt -n '__fish_seen_subcommand_from list' -l quiet -s q -d 'print ids only, one a line'
complete -c runt -n '__fish_seen_subcommand_from list' -l help -s h -d 'show help'

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -a pause -d 'suspend all processes of a container'
complete -c runt -n '__fish_seen_subcommand_from pause' -l help -s h -d 'show help'
complete -c runt -n '__fish_seen_subcommand_from pause' -a '(__runt_containers)'

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -a ps -d 'print the processes of a container'
complete -c runt -n '__fish_seen_subcommand_from ps' -l format -s f -x -a 'table json' -d 'form of the output; json has the process ids alone'
complete -c runt -n '__fish_seen_subcommand_from ps' -l help -s h -d 'show help'
complete -c runt -n '__fish_seen_subcommand_from ps' -a '(__runt_containers)'

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -a resume -d 'let the processes of a paused container go on'
complete -c runt -n '__fish_seen_subcommand_from resume' -l help -s h -d 'show help'
complete -c runt -n '__fish_seen_subcommand_from resume' -a '(__runt_containers)'

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -a run -d 'create and run a container'
complete -c runt -n '__fish_seen_subcommand_from run' -l bundle -s b -x -a '(__fish_complete_directories)' -d 'root of the bundle'
complete -c runt -n '__fish_seen_subcommand_from run' -l console-socket -r -F -d 'unix socket that receives the master end of the container\'s terminal'
complete -c runt -n '__fish_seen_subcommand_from run' -l pidfd-socket -r -F -d 'unix socket to send a pidfd of the container\'s init to'
complete -c runt -n '__fish_seen_subcommand_from run' -l pid-file -r -F -d 'file to write the process id of the container\'s init to'
complete -c runt -n '__fish_seen_subcommand_from run' -l no-pivot -d 'enter the rootfs by chroot instead of pivot_root; for a rootfs on a ramdisk only, since it protects less'
complete -c runt -n '__fish_seen_subcommand_from run' -l no-new-keyring -d 'leave the container the caller\'s session keyring instead of a new one'
complete -c runt -n '__fish_seen_subcommand_from run' -l preserve-fds -x -d 'pass n descriptors more to the container, from 3 on, after those of $LISTEN_FDS'
complete -c runt -n '__fish_seen_subcommand_from run' -l detach -s d -d 'return as soon as the program runs, and leave the container behind'
complete -c runt -n '__fish_seen_subcommand_from run' -l keep -d 'do not delete the container after its program has ended'
complete -c runt -n '__fish_seen_subcommand_from run' -l no-subreaper -d 'do not adopt processes that the container leaves behind'
complete -c runt -n '__fish_seen_subcommand_from run' -l help -s h -d 'show help'

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -a spec -d 'create a new specification file'
complete -c runt -n '__fish_seen_subcommand_from spec' -l bundle -s b -x -a '(__fish_complete_directories)' -d 'directory to write to'
complete -c runt -n '__fish_seen_subcommand_from spec' -l rootless -d 'write a specification for a rootless container'
complete -c runt -n '__fish_seen_subcommand_from spec' -l help -s h -d 'show help'

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -a start -d 'start the program of a created container'
complete -c runt -n '__fish_seen_subcommand_from start' -l help -s h -d 'show help'
complete -c runt -n '__fish_seen_subcommand_from start' -a '(__runt_containers)'

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -a state -d 'output the state of a container'
complete -c runt -n '__fish_seen_subcommand_from state' -l help -s h -d 'show help'
complete -c runt -n '__fish_seen_subcommand_from state' -a '(__runt_containers)'

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -a features -d 'show the enabled features'
complete -c runt -n '__fish_seen_subcommand_from features' -l help -s h -d 'show help'

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -a completion -d 'print a shell\'s completion script'
complete -c runt -n '__fish_seen_subcommand_from completion' -l help -s h -d 'show help'
complete -c runt -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'

complete -c runt -n 'not __fish_seen_subcommand_from create delete exec kill list pause ps resume run spec start state features completion help' -a help -d 'show a list of commands or help for one command'
complete -c runt -n '__fish_seen_subcommand_from help' -l help -s h -d 'show help'
complete -c runt -n '__fish_seen_subcommand_from help' -a 'create delete exec kill list pause ps resume run spec start state features completion help'
