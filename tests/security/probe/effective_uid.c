/* Prints its effective user id. Not busybox, which drops what a set-user-id bit gave it. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	printf("%d\n", (int)geteuid());
	return 0;
}
