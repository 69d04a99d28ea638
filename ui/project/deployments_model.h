#pragma once

#include "ui/common/theme.h"
#include "ui/services.h"

#include <QAbstractTableModel>

#include <functional>

namespace tau::ui {

/// Which branch or commit each part of the network runs: as a person wants it, what of that was not
/// sent yet, and what each vault makes of it, a column a vault.
class DeploymentsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { part_column, repository_column, runs_column, edit_column, first_vault_column };
    enum class Edit { none, added, changed, removed };
    explicit DeploymentsModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    /// How nodes are called, where that is known.
    using NodeName = std::function<QString(const std::string& node_id)>;
    void set_node_name(NodeName name) { node_name_ = std::move(name); }
    /// Of one part and repository; one of the two is there.
    struct Row {
        std::optional<vault::Deployment> sent; ///< what the vaults have
        std::optional<vault::Deployment> wanted;
        const vault::Deployment& shown() const { return wanted ? *wanted : *sent; }
    };
    /// Forgets everything but these edits, which wait for what the vaults have.
    void clear(std::vector<Row> edits = {});
    /// What the vaults have now; edits that were not sent stay.
    void set_vaults(std::vector<VaultState> vaults);
    const std::vector<VaultState>& vaults() const { return vaults_; }
    /// What the first vault that answered has; the others should have the same.
    bool vaults_agree() const;

    /// The whole list, as it is to be sent.
    std::vector<vault::Deployment> wanted() const;
    /// The rows that were edited and not sent.
    std::vector<Row> edits() const;
    bool has_edits() const { return !edits().empty(); }
    Edit edit_of(int row) const;
    /// As wanted; of a removed row, as it was.
    vault::Deployment at(int row) const;
    int row_of(const vault::Deployment& deployment) const; ///< same part, same repository; -1: none
    /// A new row, or what an existing one runs.
    void put(const vault::Deployment& deployment);
    void remove(int row);
    /// Takes back what was edited there.
    void revert(int row);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void edited();

private:
    struct Cell {
        QString text;
        QString tip;
        Tone tone = Tone::plain;
        bool is_commit = false;
    };
    void rebuild(const std::vector<vault::Deployment>& sent);
    void set_wanted(int row, std::optional<vault::Deployment> wanted);
    static Edit edit_of(const Row& row);
    Cell cell(const Row& row, int column) const;
    Cell vault_cell(const Row& row, const VaultState& vault) const;

    QString part_name(const std::string& where) const;

    NodeName node_name_;
    std::vector<VaultState> vaults_;
    std::vector<Row> rows_; ///< everywhere, regions, nodes; configuration before code
};

/// "branch main", "commit 3f2a9c01be".
QString runs_text(const vault::Deployment& deployment);

} // namespace tau::ui
