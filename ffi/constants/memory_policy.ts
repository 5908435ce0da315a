/**
 * Modes and flags of set_mempolicy(2); linux/mempolicy.h.
 *
 * @module
 */

export const MPOL_DEFAULT = 0;
export const MPOL_PREFERRED = 1;
export const MPOL_BIND = 2;
export const MPOL_INTERLEAVE = 3;
export const MPOL_LOCAL = 4;
export const MPOL_PREFERRED_MANY = 5;
export const MPOL_WEIGHTED_INTERLEAVE = 6;

export const MPOL_F_NUMA_BALANCING = 0x2000;
export const MPOL_F_RELATIVE_NODES = 0x4000;
export const MPOL_F_STATIC_NODES = 0x8000;
