#pragma once

#include "core/vault/node_list_text.h"
#include "ui/common/error_view.h"
#include "ui/common/message_bar.h"
#include "ui/common/prompt_row.h"
#include "ui/vaults/chosen_vaults.h"
#include "ui/vaults/compare_view.h"
#include "ui/vaults/emphasis_panel.h"
#include "ui/vaults/filter_bar.h"
#include "ui/vaults/map_view.h"
#include "ui/vaults/node_panel.h"
#include "ui/vaults/vault_table.h"
#include "ui/vaults/wishes.h"

#include <QProgressBar>
#include <QStackedWidget>
#include <QTimer>

namespace tau::ui {

/// Looking for vault nodes, in a network of seven or of a million: what matters, filters, the
/// ranked table, a map and one node in detail, all of the same ranking. Stands on a page of its
/// own and, choosing, in the wizard.
class VaultBrowser : public QWidget {
    Q_OBJECT
public:
    enum class Mode { look, choose };

    VaultBrowser(Services& services, NodeShelf& shelf, Mode mode, QWidget* parent = nullptr);
    /// Shown now: nodes are wanted.
    void enter();
    /// "1,000,000 vaults, 2 minutes ago", for the page's head.
    QLabel* counts() const { return counts_; }
    QWidget* first_input() const { return table_; }
    /// Null when it only looks.
    ChosenVaults* chosen() const { return chosen_; }

    RankModel& rows() const { return *rows_; }
    VaultTable& table() const { return *table_; }
    MapView& map() const { return *map_; }
    FilterBar& filters() const { return *filters_; }
    NodePanel& panel() const { return *panel_; }
    MessageBar& messages() const { return *messages_; }
    PromptRow& prompt() const { return *prompt_; }
    vault::Ranking* ranking() const { return ranking_.get(); }
    std::optional<std::uint32_t> current_row() const { return current_; }
    const Wishes& wishes() const { return wishes_; }
    const std::vector<std::uint32_t>& compared() const { return compared_; }
    void set_wishes(const Wishes& wishes);
    /// Nodes (NodeTable::key) that are of no use here, beside those that the person blocked.
    void leave_out(std::vector<std::uint64_t> keys);
    void pick(std::uint32_t row); ///< looks at it
    void save_view(const QString& name);
    void open_view(const QString& name);
    QStringList views() const;
    void block_current();
    void export_list(vault::ListFormat format, const std::filesystem::path& file);
    void measure_round_trips();
    void show_comparison(bool shown);

Q_SIGNALS:
    /// Enter on a vault that is chosen already.
    void go_on();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    // vault_browser.cpp: the parts, and their ranking
    void lay_out();
    void connect_parts();
    void connect_wishes();
    void connect_chosen();
    void take_nodes();
    void make_ranking();
    void have_ranking(std::shared_ptr<vault::Ranking> ranking);
    void wish();
    std::vector<std::uint64_t> unwanted() const;
    void rank_now();
    void show_map();
    void place_selection();
    void look_at(std::optional<std::uint32_t> row);
    void use_current();
    void point_picked(const vault::Place& place);
    // browser_states.cpp: what is shown while there is nothing to show, and beside the list
    QWidget* make_filtered_page();
    QWidget* make_empty_page();
    QWidget* make_loading_page();
    QWidget* make_failed_page();
    QWidget* make_compare_page();
    void make_banner(QVBoxLayout& box);
    void show_state();
    void show_banner();
    void show_counts();
    void show_marks();
    void show_panel();
    void fetch_record();
    void compare_current(bool on);
    // browser_actions.cpp: the View menu
    void make_menu();
    void fill_views(QMenu& menu);
    void fill_keys(QMenu& menu, bool pinned);
    void pin_current(bool on);
    void ask_view_name();
    void ask_node();
    void choose_export(vault::ListFormat format);
    void read_settings();
    void save_wishes();
    void save_keys();

    Services& services_;
    NodeShelf& shelf_;
    const Mode mode_;
    std::shared_ptr<const Nodes> nodes_;
    std::shared_ptr<vault::Ranking> ranking_;
    Wishes wishes_;
    /// What the map and the histograms show; emphasis does not change it.
    struct Shown {
        vault::Filter filter;
        std::optional<vault::Place> place;
    };
    std::optional<Shown> shown_;
    std::vector<std::uint64_t> blocked_, pinned_, left_out_;
    std::map<std::uint32_t, double> round_trips_;
    std::vector<std::uint32_t> compared_;
    std::map<std::uint32_t, QString> operators_; ///< of rows whose record was looked at
    std::optional<std::uint32_t> current_;
    bool picked_by_hand_ = false;
    bool names_sorted_ = false;
    bool entered_ = false;

    QLabel* counts_;
    MessageBar* messages_;
    EmphasisPanel* emphasis_;
    FilterBar* filters_;
    QToolButton* view_;
    ChosenVaults* chosen_ = nullptr;
    PromptRow* prompt_;
    QWidget* banner_;
    IconLabel* banner_mark_;
    QLabel* banner_text_;
    QPushButton* banner_action_;
    QStackedWidget* stack_;
    RankModel* rows_;
    VaultTable* table_;
    MapView* map_;
    NodePanel* panel_;
    QWidget* side_;
    QWidget *filtered_, *empty_, *loading_, *failed_, *compare_;
    QLabel* loading_text_ = nullptr;
    QProgressBar* progress_ = nullptr;
    ErrorView* error_ = nullptr;
    CompareModel* compare_model_ = nullptr;
    bool wished_ = false; ///< to be ranked anew, before anything is painted
    QTimer count_delay_;  ///< the histograms wait for the list to be painted
    QTimer fetch_delay_;
    Job ranking_job_;
    Job fetch_job_;
    Job action_job_;
    Job probe_job_;
};

} // namespace tau::ui
