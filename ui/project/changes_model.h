#pragma once

#include "core/flow/clones.h"

#include <QAbstractItemModel>

#include <set>

namespace tau::ui {

/// The changed files of both clones in two groups, configuration first; each file and each group
/// can be chosen for the next commit. What was chosen stays so across refreshes.
class ChangesModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { file_column, state_column, column_count };
    explicit ChangesModel(QObject* parent = nullptr) : QAbstractItemModel(parent) {}

    void set_states(const std::vector<flow::CloneState>& states);
    /// Of all groups.
    int file_count() const;
    int chosen_count() const;
    std::vector<flow::ChosenFiles> chosen() const;
    struct File {
        vault::Role role = vault::Role::configuration;
        git::FileChange change;
    };
    std::vector<File> all() const;
    /// Empty for a group.
    std::optional<File> file_at(const QModelIndex& index) const;
    QModelIndex index_of(vault::Role role, const std::string& path) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void choice_changed();

private:
    struct Group {
        vault::Role role = vault::Role::configuration;
        std::vector<git::FileChange> files;
        std::set<std::string> left_out; ///< paths
        bool complete = true;
    };
    QVariant group_data(const Group& group, int column, int role) const;
    QVariant file_data(const Group& group, const git::FileChange& file, int column, int role) const;
    static Qt::CheckState check_of(const Group& group);

    std::vector<Group> groups_;
};

/// "Configuration" or "Code".
QString role_name(vault::Role role);

} // namespace tau::ui
