/*
 * A hostile process in a container: looks at every other process that it can see, again and again, and notes what it
 * could get hold of: by ptrace, its memory, executable, working directory, root or descriptors. Until /stop is there.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static char seen[512][600];
static int count;

static int look(const char *pid, const char *file, char *into, size_t size)
{
	char path[300];
	snprintf(path, sizeof path, "/proc/%s/%s", pid, file);
	ssize_t got = readlink(path, into, size - 1);
	if (got < 0)
		return 0;
	into[got] = 0;
	return 1;
}

/* Whose it was is asked after it was got: a process that has become the program meanwhile is the container's own. */
static void note(FILE *out, const char *pid, const char *how, const char *what)
{
	char line[600], exe[256];
	if (!look(pid, "exe", exe, sizeof exe)) {
		if (errno != EACCES && errno != EPERM)
			return;
		strcpy(exe, "?");
	}
	snprintf(line, sizeof line, "%s %.200s of %.200s", how, what, exe);
	for (int i = 0; i < count; i++)
		if (!strcmp(seen[i], line))
			return;
	if (count < 512)
		strcpy(seen[count++], line);
	fprintf(out, "%s\n", line);
	fflush(out);
}

int main(void)
{
	FILE *out = fopen("/seen", "w");
	char self[20], exe[256], link[256], path[300];
	long rounds = 0, processes = 0;
	if (!out)
		return 1;
	snprintf(self, sizeof self, "%d", getpid());
	while (access("/stop", F_OK)) {
		DIR *proc = opendir("/proc");
		struct dirent *entry;
		rounds++;
		while ((entry = readdir(proc))) {
			const char *pid = entry->d_name;
			if (!isdigit(pid[0]) || !strcmp(pid, self))
				continue;
			processes++;
			if (!look(pid, "exe", exe, sizeof exe))
				strcpy(exe, "?");
			else
				note(out, pid, "exe", exe);
			if (look(pid, "cwd", link, sizeof link))
				note(out, pid, "cwd", link);
			if (look(pid, "root", link, sizeof link))
				note(out, pid, "root", link);
			snprintf(path, sizeof path, "/proc/%s/mem", pid);
			int mem = open(path, O_RDWR);
			if (mem >= 0) {
				note(out, pid, "mem", "");
				close(mem);
			}
			snprintf(path, sizeof path, "/proc/%s/fd", pid);
			DIR *fds = opendir(path);
			if (fds) {
				struct dirent *fd;
				while ((fd = readdir(fds))) {
					char name[300];
					snprintf(name, sizeof name, "fd/%s", fd->d_name);
					if (isdigit(fd->d_name[0]) && look(pid, name, link, sizeof link))
						note(out, pid, "fd", strchr(link, ':') ? "" : link);
				}
				closedir(fds);
			}
			// The program itself is the container's own; it would only be held up.
			if (strstr(exe, "busybox"))
				continue;
			if (!ptrace(PTRACE_SEIZE, atoi(pid), 0, 0)) {
				note(out, pid, "ptrace", "");
				// Let it go: a process that is held up would hold up the test.
				ptrace(PTRACE_INTERRUPT, atoi(pid), 0, 0);
				waitpid(atoi(pid), 0, __WALL);
				ptrace(PTRACE_DETACH, atoi(pid), 0, 0);
			}
		}
		closedir(proc);
	}
	fprintf(out, "rounds %s processes %s\n", rounds > 100 ? "many" : "few", processes > 0 ? "some" : "none");
	fclose(out);
	return 0;
}
