/*
 * Prints what keyctl(2) says of the caller's session keyring, and whether the key "caller" can be found. With arguments:
 * makes a session keyring with that key in it, and executes them.
 */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { JOIN_SESSION_KEYRING = 1, DESCRIBE = 6, SEARCH = 10, SESSION = -3 };

int main(int argc, char **argv)
{
	char text[256] = "none";
	if (argc > 1) {
		syscall(SYS_keyctl, JOIN_SESSION_KEYRING, 0L);
		if (syscall(SYS_add_key, "user", "caller", "x", 1L, (long)SESSION) < 0)
			return 2;
		execvp(argv[1], argv + 1);
		return 3;
	}
	syscall(SYS_keyctl, DESCRIBE, (long)SESSION, text, sizeof text);
	long key = syscall(SYS_keyctl, SEARCH, (long)SESSION, "user", "caller", 0L);
	printf("%s\n%s\n", text, key < 0 ? "hidden" : "found");
	return 0;
}
