# bash completion of runt; made by "runt completion bash".

_runt() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local command="" root="" words="" word i count=0
  COMPREPLY=()

  # bash breaks --flag=value into three words.
  if [[ $cur == "=" ]]; then
    cur=""
  elif [[ $prev == "=" ]]; then
    prev=${COMP_WORDS[COMP_CWORD - 2]}
  fi

  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $word == -* ]]; then
      case "$command:$word" in
        *:--log | \
          *:--log-format | \
          *:--root | \
          *:--rootless | \
          *:--init | \
          create:--bundle | create:-b | \
          create:--console-socket | \
          create:--pidfd-socket | \
          create:--pid-file | \
          create:--preserve-fds | \
          events:--interval | \
          exec:--console-socket | \
          exec:--pidfd-socket | \
          exec:--cwd | \
          exec:--env | exec:-e | \
          exec:--user | exec:-u | \
          exec:--additional-gids | exec:-g | \
          exec:--process | exec:-p | \
          exec:--pid-file | \
          exec:--process-label | \
          exec:--apparmor | \
          exec:--cap | exec:-c | \
          exec:--preserve-fds | \
          exec:--cgroup | \
          list:--format | list:-f | \
          ps:--format | ps:-f | \
          run:--bundle | run:-b | \
          run:--console-socket | \
          run:--pidfd-socket | \
          run:--pid-file | \
          run:--preserve-fds | \
          spec:--bundle | spec:-b | \
          update:--resources | update:-r | \
          update:--blkio-weight | \
          update:--cpu-period | \
          update:--cpu-quota | \
          update:--cpu-burst | \
          update:--cpu-share | \
          update:--cpu-rt-period | \
          update:--cpu-rt-runtime | \
          update:--cpuset-cpus | \
          update:--cpuset-mems | \
          update:--memory | \
          update:--cpu-idle | \
          update:--memory-reservation | \
          update:--memory-swap | \
          update:--pids-limit | \
          update:--l3-cache-schema | \
          update:--mem-bw-schema)
          ((i++))
          [[ ${COMP_WORDS[i]} == "=" ]] && ((i++))
          [[ $word == --root ]] && root=${COMP_WORDS[i]}
          ;;
      esac
    elif [[ -z $command ]]; then
      command=$word
    else
      ((count++))
    fi
  done

  case "$command:$prev" in
    *:--log)
      compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
      return
      ;;
    *:--log-format)
      COMPREPLY=($(compgen -W "text json" -- "$cur"))
      return
      ;;
    *:--root)
      compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur"))
      return
      ;;
    *:--rootless)
      COMPREPLY=($(compgen -W "true false auto" -- "$cur"))
      return
      ;;
    *:--init)
      COMPREPLY=($(compgen -W "image self" -- "$cur"))
      return
      ;;
    create:--bundle | create:-b)
      compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur"))
      return
      ;;
    create:--console-socket)
      compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
      return
      ;;
    create:--pidfd-socket)
      compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
      return
      ;;
    create:--pid-file)
      compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
      return
      ;;
    create:--preserve-fds)
      :
      return
      ;;
    events:--interval)
      :
      return
      ;;
    exec:--console-socket)
      compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
      return
      ;;
    exec:--pidfd-socket)
      compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
      return
      ;;
    exec:--cwd)
      compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur"))
      return
      ;;
    exec:--env | exec:-e)
      :
      return
      ;;
    exec:--user | exec:-u)
      :
      return
      ;;
    exec:--additional-gids | exec:-g)
      :
      return
      ;;
    exec:--process | exec:-p)
      compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
      return
      ;;
    exec:--pid-file)
      compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
      return
      ;;
    exec:--process-label)
      :
      return
      ;;
    exec:--apparmor)
      :
      return
      ;;
    exec:--cap | exec:-c)
      :
      return
      ;;
    exec:--preserve-fds)
      :
      return
      ;;
    exec:--cgroup)
      :
      return
      ;;
    list:--format | list:-f)
      COMPREPLY=($(compgen -W "table json" -- "$cur"))
      return
      ;;
    ps:--format | ps:-f)
      COMPREPLY=($(compgen -W "table json" -- "$cur"))
      return
      ;;
    run:--bundle | run:-b)
      compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur"))
      return
      ;;
    run:--console-socket)
      compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
      return
      ;;
    run:--pidfd-socket)
      compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
      return
      ;;
    run:--pid-file)
      compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
      return
      ;;
    run:--preserve-fds)
      :
      return
      ;;
    spec:--bundle | spec:-b)
      compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur"))
      return
      ;;
    update:--resources | update:-r)
      :
      return
      ;;
    update:--blkio-weight)
      :
      return
      ;;
    update:--cpu-period)
      :
      return
      ;;
    update:--cpu-quota)
      :
      return
      ;;
    update:--cpu-burst)
      :
      return
      ;;
    update:--cpu-share)
      :
      return
      ;;
    update:--cpu-rt-period)
      :
      return
      ;;
    update:--cpu-rt-runtime)
      :
      return
      ;;
    update:--cpuset-cpus)
      :
      return
      ;;
    update:--cpuset-mems)
      :
      return
      ;;
    update:--memory)
      :
      return
      ;;
    update:--cpu-idle)
      :
      return
      ;;
    update:--memory-reservation)
      :
      return
      ;;
    update:--memory-swap)
      :
      return
      ;;
    update:--pids-limit)
      :
      return
      ;;
    update:--l3-cache-schema)
      :
      return
      ;;
    update:--mem-bw-schema)
      :
      return
      ;;
  esac

  if [[ $cur == -* ]]; then
    case "$command" in
      "") words="--debug --log --log-format --root --systemd-cgroup --rootless --init --help -h --version -v" ;;
      create) words="--bundle -b --console-socket --pidfd-socket --pid-file --no-pivot --no-new-keyring --preserve-fds --help -h" ;;
      delete) words="--force -f --help -h" ;;
      events) words="--interval --stats --help -h" ;;
      exec) words="--console-socket --pidfd-socket --cwd --env -e --tty -t --user -u --additional-gids -g --process -p --detach -d --pid-file --process-label --apparmor --no-new-privs --cap -c --preserve-fds --cgroup --ignore-paused --help -h" ;;
      kill) words="--all -a --help -h" ;;
      list) words="--format -f --quiet -q --help -h" ;;
      pause) words="--help -h" ;;
      ps) words="--format -f --help -h" ;;
      resume) words="--help -h" ;;
      run) words="--bundle -b --console-socket --pidfd-socket --pid-file --no-pivot --no-new-keyring --preserve-fds --detach -d --keep --no-subreaper --help -h" ;;
      spec) words="--bundle -b --rootless --help -h" ;;
      start) words="--help -h" ;;
      state) words="--help -h" ;;
      update) words="--resources -r --blkio-weight --cpu-period --cpu-quota --cpu-burst --cpu-share --cpu-rt-period --cpu-rt-runtime --cpuset-cpus --cpuset-mems --memory --cpu-idle --memory-reservation --memory-swap --pids-limit --l3-cache-schema --mem-bw-schema --help -h" ;;
      features) words="--help -h" ;;
      completion) words="--help -h" ;;
      help) words="--help -h" ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
    return
  fi

  case "$command:$count" in
    :0) words="create delete events exec kill list pause ps resume run spec start state update features completion help" ;;
    delete:0) words=$(runt ${root:+--root "$root"} list --quiet 2>/dev/null) ;;
    events:0) words=$(runt ${root:+--root "$root"} list --quiet 2>/dev/null) ;;
    exec:0) words=$(runt ${root:+--root "$root"} list --quiet 2>/dev/null) ;;
    kill:0) words=$(runt ${root:+--root "$root"} list --quiet 2>/dev/null) ;;
    pause:0) words=$(runt ${root:+--root "$root"} list --quiet 2>/dev/null) ;;
    ps:0) words=$(runt ${root:+--root "$root"} list --quiet 2>/dev/null) ;;
    resume:0) words=$(runt ${root:+--root "$root"} list --quiet 2>/dev/null) ;;
    start:0) words=$(runt ${root:+--root "$root"} list --quiet 2>/dev/null) ;;
    state:0) words=$(runt ${root:+--root "$root"} list --quiet 2>/dev/null) ;;
    update:0) words=$(runt ${root:+--root "$root"} list --quiet 2>/dev/null) ;;
    completion:0) words="bash zsh fish" ;;
    help:0) words="create delete events exec kill list pause ps resume run spec start state update features completion help" ;;
    kill:1) words="TERM KILL INT HUP QUIT USR1 USR2 STOP CONT WINCH" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}

complete -F _runt runt
