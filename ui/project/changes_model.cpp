#include "ui/project/changes_model.h"

#include "ui/common/icons.h"
#include "ui/common/text.h"
#include "ui/project/diff_view.h"

#include <QFont>

#include <algorithm>

namespace tau::ui {

namespace {

/// The internal id of a group; a file's is its group's row and one.
constexpr quintptr group_id = 0;

Tone tone_of(git::FileState state) {
    switch (state) {
    case git::FileState::added:
    case git::FileState::untracked:
        return Tone::good;
    case git::FileState::removed:
        return Tone::bad;
    case git::FileState::changed:
        break;
    }
    return Tone::warn;
}

} // namespace

QString role_name(vault::Role role) {
    return role == vault::Role::configuration ? ChangesModel::tr("Configuration")
                                              : ChangesModel::tr("Code");
}

void ChangesModel::set_states(const std::vector<flow::CloneState>& states) {
    std::vector<Group> groups;
    for (const flow::CloneState& state : states) {
        if (state.status.files.empty()) {
            continue;
        }
        Group group{state.role, state.status.files, {}, state.status.complete};
        for (Group& before : groups_) {
            if (before.role == group.role) {
                group.left_out = std::move(before.left_out);
            }
        }
        // What is no longer changed is forgotten.
        std::erase_if(group.left_out, [&](const std::string& path) {
            return std::none_of(group.files.begin(), group.files.end(),
                                [&](const git::FileChange& file) { return file.path == path; });
        });
        groups.push_back(std::move(group));
    }
    beginResetModel();
    groups_ = std::move(groups);
    endResetModel();
    Q_EMIT choice_changed();
}

int ChangesModel::file_count() const {
    std::size_t count = 0;
    for (const Group& group : groups_) {
        count += group.files.size();
    }
    return static_cast<int>(count);
}

std::vector<ChangesModel::File> ChangesModel::all() const {
    std::vector<File> files;
    for (const Group& group : groups_) {
        for (const git::FileChange& change : group.files) {
            files.push_back({group.role, change});
        }
    }
    return files;
}

int ChangesModel::chosen_count() const {
    std::size_t count = 0;
    for (const Group& group : groups_) {
        count += group.files.size() - group.left_out.size();
    }
    return static_cast<int>(count);
}

std::vector<flow::ChosenFiles> ChangesModel::chosen() const {
    std::vector<flow::ChosenFiles> all;
    for (const Group& group : groups_) {
        flow::ChosenFiles chosen{group.role, {}};
        for (const git::FileChange& file : group.files) {
            if (!group.left_out.contains(file.path)) {
                chosen.files.push_back(file.path);
            }
        }
        if (!chosen.files.empty()) {
            all.push_back(std::move(chosen));
        }
    }
    return all;
}

std::optional<ChangesModel::File> ChangesModel::file_at(const QModelIndex& index) const {
    if (!index.isValid() || index.internalId() == group_id) {
        return std::nullopt;
    }
    const Group& group = groups_[index.internalId() - 1];
    return File{group.role, group.files[static_cast<std::size_t>(index.row())]};
}

QModelIndex ChangesModel::index_of(vault::Role role, const std::string& path) const {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        const auto& files = groups_[g].files;
        const auto found = std::find_if(files.begin(), files.end(), [&](const auto& file) {
            return groups_[g].role == role && file.path == path;
        });
        if (found != files.end()) {
            return createIndex(static_cast<int>(found - files.begin()), file_column,
                               quintptr{g} + 1);
        }
    }
    return {};
}

QModelIndex ChangesModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    return parent.isValid() ? createIndex(row, column, static_cast<quintptr>(parent.row()) + 1)
                            : createIndex(row, column, group_id);
}

QModelIndex ChangesModel::parent(const QModelIndex& child) const {
    if (!child.isValid() || child.internalId() == group_id) {
        return {};
    }
    return createIndex(static_cast<int>(child.internalId() - 1), 0, group_id);
}

int ChangesModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid()) {
        return static_cast<int>(groups_.size());
    }
    if (parent.internalId() != group_id || parent.column() != 0) {
        return 0;
    }
    return static_cast<int>(groups_[static_cast<std::size_t>(parent.row())].files.size());
}

int ChangesModel::columnCount(const QModelIndex&) const {
    return column_count;
}

Qt::CheckState ChangesModel::check_of(const Group& group) {
    return group.left_out.empty()                        ? Qt::Checked
           : group.left_out.size() == group.files.size() ? Qt::Unchecked
                                                         : Qt::PartiallyChecked;
}

QVariant ChangesModel::group_data(const Group& group, int column, int role) const {
    if (column == state_column) {
        return role == Qt::DisplayRole
                   ? QVariant(group.complete ? QString::number(group.files.size())
                                             : tr("over %1").arg(group.files.size()))
                   : QVariant();
    }
    switch (role) {
    case Qt::DisplayRole:
        return role_name(group.role);
    case Qt::AccessibleTextRole:
        return tr("%1, %2 changed files").arg(role_name(group.role)).arg(group.files.size());
    case Qt::CheckStateRole:
        return check_of(group);
    case Qt::FontRole: {
        QFont font;
        font.setBold(true);
        return font;
    }
    default:
        return {};
    }
}

QVariant ChangesModel::file_data(const Group& group, const git::FileChange& file, int column,
                                 int role) const {
    if (column == state_column) {
        return role == Qt::DisplayRole      ? QVariant(state_word(file.state))
               : role == Qt::ForegroundRole ? QVariant(Theme::get().color(tone_of(file.state)))
                                            : QVariant();
    }
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        return to_qt(file.path);
    case Qt::AccessibleTextRole:
        return tr("%1, %2").arg(to_qt(file.path), state_word(file.state));
    case Qt::CheckStateRole:
        return group.left_out.contains(file.path) ? Qt::Unchecked : Qt::Checked;
    default:
        return {};
    }
}

QVariant ChangesModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    if (index.internalId() == group_id) {
        return group_data(groups_[static_cast<std::size_t>(index.row())], index.column(), role);
    }
    const Group& group = groups_[index.internalId() - 1];
    return file_data(group, group.files[static_cast<std::size_t>(index.row())], index.column(),
                     role);
}

bool ChangesModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::CheckStateRole || index.column() != file_column ||
        !checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return false;
    }
    const bool take = value.toInt() == Qt::Checked;
    const bool whole = index.internalId() == group_id;
    const quintptr number = whole ? static_cast<quintptr>(index.row()) : index.internalId() - 1;
    Group& group = groups_[number];
    if (whole) {
        group.left_out.clear();
        for (const git::FileChange& file : group.files) {
            if (!take) {
                group.left_out.insert(file.path);
            }
        }
    } else {
        const std::string& path = group.files[static_cast<std::size_t>(index.row())].path;
        take ? group.left_out.erase(path) : group.left_out.insert(path).second;
    }
    const QModelIndex top = createIndex(static_cast<int>(number), file_column, group_id);
    Q_EMIT dataChanged(top, top, {Qt::CheckStateRole});
    Q_EMIT dataChanged(
        createIndex(0, file_column, number + 1),
        createIndex(static_cast<int>(group.files.size()) - 1, file_column, number + 1),
        {Qt::CheckStateRole});
    Q_EMIT choice_changed();
    return true;
}

Qt::ItemFlags ChangesModel::flags(const QModelIndex& index) const {
    Qt::ItemFlags flags = QAbstractItemModel::flags(index);
    if (index.isValid() && index.column() == file_column) {
        flags |= Qt::ItemIsUserCheckable;
    }
    return flags;
}

QVariant ChangesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == file_column ? tr("File") : tr("State");
}

} // namespace tau::ui
