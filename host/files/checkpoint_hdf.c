#include "files/checkpoint_hdf.h"

#include "base/hdf.h"

/* In memory, so that HDF5 never meets a full disk. `grows` bytes at a time. */
static hid_t memory_access(size_t grows) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, grows, false);
    return access;
}

static void be_quiet(void) {
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

/* --- to HDF5 --- */

static hid_t type_of(PieceKind kind) {
    if (kind == PIECE_REALS) return H5T_IEEE_F32LE;
    return kind == PIECE_WORDS ? H5T_STD_U32LE : H5T_STD_U8LE;
}

static size_t size_of(PieceKind kind) {
    return kind == PIECE_BYTES ? 1 : 4;
}

static bool put(hid_t file, const Piece *piece) {
    hid_t type = type_of(piece->kind);
    return hdf_column(file,
                      &(HdfColumn){.name = piece->name,
                                   .unit = piece->unit,
                                   .file_type = type,
                                   .memory_type = type,
                                   .rows = piece->length / size_of(piece->kind),
                                   .wide = 1,
                                   .values = piece->bytes},
                      0);
}

/* The image is where HDF5 keeps it: it is as large as the agents, and a copy would double that. */
static bool image_of(hid_t file, CheckpointImage *out) {
    void **memory = NULL;
    if (H5Fflush(file, H5F_SCOPE_LOCAL) < 0) return false;
    ssize_t length = H5Fget_file_image(file, NULL, 0);
    if (length <= 0 || H5Fget_vfd_handle(file, H5P_DEFAULT, (void **)&memory) < 0) return false;
    out->bytes = *memory;
    out->length = (size_t)length;
    return true;
}

Status checkpoint_image_make(CheckpointImage *out, const Pieces *pieces) {
    size_t total = 1 << 16;
    be_quiet();
    for (int i = 0; i < pieces->count; i++) total += pieces->piece[i].length;
    hid_t access = memory_access(total);
    hid_t file = H5Fcreate("checkpoint", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    H5Pclose(access);
    bool good = file >= 0;
    out->file = good ? file : 0;
    for (int i = 0; good && i < pieces->count; i++) good = put(file, &pieces->piece[i]);
    REQUIRE(good && image_of(file, out), STATUS_FAILED,
            "checkpoint: HDF5 could not put it together; most likely memory is short");
    return STATUS_OK;
}

void checkpoint_image_free(CheckpointImage *image) {
    if (image->file) H5Fclose(image->file);
    *image = (CheckpointImage){0};
}

/* --- and back: only what `put` makes is taken --- */

/* Lying in the file as it is: no filters, nothing in other files. */
static bool lies_plain(hid_t set, size_t bytes) {
    hid_t made = H5Dget_create_plist(set);
    bool plain = made >= 0 && H5Pget_layout(made) == H5D_CONTIGUOUS && H5Pget_external_count(made) == 0 &&
                 (bytes == 0 || H5Dget_storage_size(set) == bytes);
    if (made >= 0) H5Pclose(made);
    return plain;
}

static bool kind_of(hid_t set, PieceKind *kind) {
    static const PieceKind kinds[] = {PIECE_BYTES, PIECE_WORDS, PIECE_REALS};
    hid_t type = H5Dget_type(set);
    bool found = false;
    for (int i = 0; type >= 0 && !found && i < 3; i++) {
        *kind = kinds[i];
        found = H5Tequal(type, type_of(*kind)) > 0;
    }
    if (type >= 0) H5Tclose(type);
    return found;
}

/* Values in one dimension; -1: there are not. */
static hssize_t count_of(hid_t set) {
    hid_t space = H5Dget_space(set);
    hssize_t count =
        space >= 0 && H5Sget_simple_extent_ndims(space) == 1 ? H5Sget_simple_extent_npoints(space) : -1;
    if (space >= 0) H5Sclose(space);
    return count;
}

static bool set_read(hid_t set, const char *name, size_t most, Pieces *out) {
    PieceKind kind;
    hssize_t count = count_of(set);
    if (count < 0 || (size_t)count > most || !kind_of(set, &kind)) return false;
    size_t length = (size_t)count * size_of(kind);
    if (!lies_plain(set, length)) return false;
    const Piece *piece = pieces_make(out, name, kind, length);
    return piece->bytes &&
           (count == 0 || H5Dread(set, type_of(kind), H5S_ALL, H5S_ALL, H5P_DEFAULT, piece->bytes) >= 0);
}

/* `most`: no data set is longer than the file it is in. */
static bool piece_read(hid_t file, hsize_t i, size_t most, Pieces *out) {
    char name[PIECE_NAME];
    H5L_info_t link;
    ssize_t length =
        H5Lget_name_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT);
    if (length <= 0 || length >= PIECE_NAME || pieces_find(out, name)) return false;
    if (H5Lget_info(file, name, &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD) return false;
    hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    bool good = set >= 0 && set_read(set, name, most, out);
    if (set >= 0) H5Dclose(set);
    return good;
}

Status checkpoint_image_read(const void *bytes, size_t length, Pieces *out) {
    H5G_info_t root;
    be_quiet();
    hid_t access = memory_access(1 << 20);
    H5Pset_file_image(access, (void *)bytes, length);
    hid_t file = H5Fopen("checkpoint", H5F_ACC_RDONLY, access);
    H5Pclose(access);
    bool good = file >= 0 && H5Gget_info(file, &root) >= 0 && root.nlinks <= PIECES_MOST &&
                root.storage_type == H5G_STORAGE_TYPE_SYMBOL_TABLE;
    for (hsize_t i = 0; good && i < root.nlinks; i++) good = piece_read(file, i, length, out);
    if (file >= 0) H5Fclose(file);
    REQUIRE(good, STATUS_FAILED,
            "holds something that no checkpoint of this version does, or memory is short");
    return STATUS_OK;
}
