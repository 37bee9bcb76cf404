/* Makes system calls, each in a process of its own, and prints what became of it, one line each: `ok`, the number of
   the error, or `signal N`. A call is an argument: its number and up to six arguments, with commas; `int80` is getpid
   by the 32-bit table of x86. Linked statically, it runs in a sandbox with nothing else in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static long raw(long number, const long *a) {
#if defined(__x86_64__)
    long answer;
    register long r10 __asm__("r10") = a[3], r8 __asm__("r8") = a[4], r9 __asm__("r9") = a[5];
    __asm__ volatile("syscall"
                     : "=a"(answer)
                     : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return answer;
#else
    register long x8 __asm__("x8") = number, x0 __asm__("x0") = a[0], x1 __asm__("x1") = a[1];
    register long x2 __asm__("x2") = a[2], x3 __asm__("x3") = a[3], x4 __asm__("x4") = a[4], x5 __asm__("x5") = a[5];
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
#endif
}

static long by_the_32_bit_table(void) {
#if defined(__x86_64__)
    long answer = 20;
    __asm__ volatile("int $0x80" : "+a"(answer) : : "memory", "r8", "r9", "r10", "r11");
    return answer;
#else
    return -38;
#endif
}

static void make(const char *call) {
    struct itimerval soon = {{0, 0}, {0, 200000}};
    long words[7] = {0};
    long answer;
    setitimer(ITIMER_REAL, &soon, NULL); /* some calls wait for ever */
    if (!strcmp(call, "int80")) {
        answer = by_the_32_bit_table();
    } else {
        char *at = (char *)call;
        for (int i = 0; i < 7 && *at; i++, at += *at == ',') words[i] = (long)strtoull(at, &at, 0);
        answer = raw(words[0], words + 1);
    }
    _exit(answer < 0 && answer > -4096 ? (int)-answer : 0);
}

int main(int count, char **calls) {
    for (int i = 1; i < count; i++) {
        int status;
        pid_t child = fork();
        if (child == 0) make(calls[i]);
        if (child < 0 || waitpid(child, &status, 0) != child) return 1;
        if (WIFSIGNALED(status))
            printf("signal %d\n", WTERMSIG(status));
        else if (WEXITSTATUS(status))
            printf("%d\n", WEXITSTATUS(status));
        else
            puts("ok");
    }
    return 0;
}
